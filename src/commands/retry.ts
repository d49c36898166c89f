import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailableError } from '../event-store/errors';

const UNAVAILABLE_RETRIES = 4;
const UNAVAILABLE_FIRST_WAIT_MS = 100;

/**
 * Runs something again while the store cannot be reached, a few times, then lets the error through. An append
 * has to carry the same ids and the same expectation each time, because the outcome of the lost one is
 * unknown.
 */
export async function whileUnavailable<T>(task: () => Promise<T>): Promise<T> {
  for (let retry = 0; ; retry++) {
    try {
      return await task();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || retry === UNAVAILABLE_RETRIES) throw error;
      await jitteredWait(UNAVAILABLE_FIRST_WAIT_MS * 2 ** retry);
    }
  }
}

/**
 * Waits somewhere between half of `ms` milliseconds and all of them, so that those who lost together part.
 */
export async function jitteredWait(ms: number): Promise<void> {
  await sleep(ms * (0.5 + Math.random() / 2));
}
