import { Backoff } from '../concurrency/backoff';
import { StoreUnavailableError } from '../event-store/errors';

const UNAVAILABLE_RETRIES = 4;
const UNAVAILABLE_PAUSES = { firstMs: 100, longestMs: 800, jitter: true };

/**
 * Runs something again while the store cannot be reached, a few times, then lets the error through. An append
 * has to carry the same ids and the same expectation each time, because the outcome of the lost one is
 * unknown.
 */
export async function whileUnavailable<T>(task: () => Promise<T>): Promise<T> {
  const backoff = new Backoff(UNAVAILABLE_PAUSES);
  for (let retry = 0; ; retry++) {
    try {
      return await task();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || retry === UNAVAILABLE_RETRIES) throw error;
      await backoff.wait();
    }
  }
}
