import type { Logger } from './logger';
import type { Shutdown } from './shutdown';

/** A log that cannot be written fails with an error that nobody catches, either. */
const LOGGED_AT_MOST = 10;

/**
 * From now on an error that nobody caught, or a promise that failed unseen, is logged as fatal and ends the
 * process in order. To go on would be wrong: nobody knows what was left half done, and the next start finds
 * everything that was committed.
 */
export function failOnUncaught(shutdown: Shutdown, logger: Logger): void {
  let seen = 0;
  // Node reports failed promises here as well.
  process.on('uncaughtException', (error, origin) => {
    seen++;
    if (seen <= LOGGED_AT_MOST)
      logger.fatal({ err: error, origin }, 'An error that nobody caught ends the process');
    shutdown.fail(error instanceof Error ? error : new Error(String(error)));
  });
}
