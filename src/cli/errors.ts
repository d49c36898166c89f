import { ForeignLakeError } from '../lake/errors/lake-error';
import { ProjectionRequestError, UnknownProjectionError } from '../projections/engine/errors';
import { ConfigError, NothingHereError } from '../runtime/errors';

/** What a finished command tells the shell. */
export const ExitCode = {
  ok: 0,
  /** it failed, or it found a difference */
  failed: 1,
  /** bad usage, input or configuration */
  usage: 2,
  /** it finished, but some rows were rejected */
  rejected: 3,
  /** ended by Ctrl-C before it was done */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Ends the command with a message for the person who typed it: no stack, and this exit code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    message: string,
    readonly exitCode: ExitCode = ExitCode.failed,
  ) {
    super(message);
  }
}

/**
 * Ctrl-C ended the command, or its reader is gone. In that case the message is empty: nobody would read it.
 */
export class Interrupted extends CliError {
  constructor(message: string) {
    super(message, message === '' ? ExitCode.ok : ExitCode.interrupted);
  }
}

/**
 * Prints what went wrong to stderr (with the stack at LOG_LEVEL=debug or trace) and returns the exit code
 * that goes with it.
 */
export function reportError(error: unknown): ExitCode {
  const { message, exitCode } = describe(error);
  if (message !== '') process.stderr.write(`${message}\n`);
  if (error instanceof Error && /^(debug|trace)$/.test(process.env.LOG_LEVEL ?? ''))
    process.stderr.write(`${error.stack}\n${error.cause ? `Caused by: ${String(error.cause)}\n` : ''}`);
  return exitCode;
}

function describe(error: unknown): { message: string; exitCode: ExitCode } {
  if (error instanceof CliError) return error;
  if (error instanceof NothingHereError) return { message: error.message, exitCode: ExitCode.usage };
  if (error instanceof ConfigError) return { message: error.message, exitCode: ExitCode.usage };
  if (error instanceof ForeignLakeError) return { message: error.message, exitCode: ExitCode.usage };
  if (error instanceof UnknownProjectionError) return { message: error.message, exitCode: ExitCode.usage };
  if (error instanceof ProjectionRequestError) return { message: error.message, exitCode: ExitCode.failed };
  // Node throws an AggregateError without a message when every address of a host refuses.
  const inner = error instanceof AggregateError && !error.message ? error.errors[0] : error;
  const message = inner instanceof Error ? inner.message || inner.name : String(inner);
  return { message: `Error: ${message}`, exitCode: ExitCode.failed };
}
