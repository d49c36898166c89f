/** Variables of the environment that cannot be used. The message has a line for each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(
      problems.length === 1
        ? `Configuration: ${problems[0]}`
        : 'Configuration, ' +
            `${problems.length} problems:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
}

/**
 * A command that works with what is there finds no Tidemark; the message says where one runs, or what makes
 * one.
 */
export class NothingHereError extends Error {
  override readonly name = 'NothingHereError';
}

/**
 * Something on this machine keeps Tidemark from running; the message says what, where, and what to do about
 * it.
 */
export class StartupError extends Error {
  override readonly name: string = 'StartupError';
}
