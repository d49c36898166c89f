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

/** A command found no Tidemark to work with. The message says where one runs, or which command makes one. */
export class NothingHereError extends Error {
  override readonly name = 'NothingHereError';
}

/** Something on this machine keeps Tidemark from running. The message says what, where, and what to do. */
export class StartupError extends Error {
  override readonly name: string = 'StartupError';
}
