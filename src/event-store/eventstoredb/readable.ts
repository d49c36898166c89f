import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 5;
/** A server on a disk takes some 30 ms; a stream that was deleted again in between never comes. */
const PATIENCE_MS = 2_000;

/**
 * A server takes the deletion of a stream back after it has answered the append that began the stream anew,
 * so that a read right after that still finds none. Asks until it is there.
 * @returns undefined when it does not come: it was deleted once more
 */
export async function untilReadable<T>(find: () => Promise<T | undefined>): Promise<T | undefined> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await find();
    if (found !== undefined || performance.now() > end) return found;
    await delay(PAUSE_MS);
  }
}
