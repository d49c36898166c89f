import type { Logger } from 'pino';
import { Backoff } from './backoff';
import { pause } from './pause';

const PAUSES = { firstMs: 100, longestMs: 5_000 };

/** Another process did the work first. Ours was not applied, and our state is stale, but nothing is wrong. */
export class OvertakenError extends Error {
  override readonly name: string = 'OvertakenError';
}

export interface KeepTryingOptions {
  logger: Logger;
  /** message of the error in the log when the work fails */
  failed: string;
  /** message of the debug entry in the log when another process was first */
  overtaken: string;
  /** true: no pause after another process was first. Default: false */
  overtakenAtOnce?: boolean;
}

/**
 * Repeats work until `signal` aborts. Pauses after a failure, from 100 ms up to 5 s, twice as long each time.
 * The pause is short again after the work has ended without an error, or has called `well()`. Never rejects.
 */
export async function keepTrying(
  signal: AbortSignal,
  work: (well: () => void) => Promise<void>,
  { logger, failed, overtaken, overtakenAtOnce = false }: KeepTryingOptions,
): Promise<void> {
  const backoff = new Backoff(PAUSES);
  const well = () => backoff.reset();
  while (!signal.aborted) {
    try {
      await work(well);
      well();
    } catch (error) {
      if (signal.aborted) return;
      const isOvertaken = error instanceof OvertakenError;
      if (isOvertaken) logger.debug({ reason: error.message }, overtaken);
      if (isOvertaken && overtakenAtOnce) continue;
      const retryInMs = backoff.next();
      if (!isOvertaken) logger.error({ err: error, retryInMs }, failed);
      await pause(retryInMs, signal);
    }
  }
}
