import type { Logger } from './logger';
import type { Shutdown } from './shutdown';

/** Logs at most so many: a log that cannot be written fails with an uncaught error itself. */
const LOGGED_AT_MOST = 10;

/**
 * From now on an uncaught error or an unhandled rejection is logged as fatal, and ends the process in order.
 * To go on would be wrong: nobody knows what was left half done. The next start finds everything that was
 * committed.
 */
export function failOnUncaught(shutdown: Shutdown, logger: Logger): void {
  let seen = 0;
  // Node reports unhandled rejections here as well.
  process.on('uncaughtException', (error, origin) => {
    seen++;
    if (seen <= LOGGED_AT_MOST)
      logger.fatal({ err: error, origin }, 'An error that nobody caught ends the process');
    shutdown.fail(error instanceof Error ? error : new Error(String(error)));
  });
}
