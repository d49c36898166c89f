import type { Logger } from 'pino';
import { Backoff } from './backoff';
import { pause } from './pause';

const PAUSES = { firstMs: 100, longestMs: 5_000 };

/**
 * Another process did the work first: this one's was not applied, and what it remembers is stale. That is no
 * fault.
 */
export class OvertakenError extends Error {
  override readonly name: string = 'OvertakenError';
}

export interface KeepTryingOptions {
  logger: Logger;
  /** what the log says, as an error, when work fails */
  failed: string;
  /** what it says, to those who debug, when others were first */
  overtaken: string;
  /** Is work begun again without a pause when others were first? Default: no */
  overtakenAtOnce?: boolean;
}

/**
 * Does work again and again until `signal` aborts. After a failure there is a pause, from 100 ms to 5 s,
 * which doubles each time; it is short again after work that ended by itself, or has said `well()`. Never
 * rejects.
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
