import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 5;
/**
 * A server with a disk takes some 30 ms. A stream that was deleted again meanwhile never becomes readable.
 */
const PATIENCE_MS = 2_000;

/**
 * Repeats a read of a stream that was deleted and begun anew until it finds the stream. The server answers
 * the append first and takes the deletion back a moment later; a read in between finds no stream.
 * @returns undefined when the stream does not become readable: it was deleted again
 */
export async function untilReadable<T>(find: () => Promise<T | undefined>): Promise<T | undefined> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await find();
    if (found !== undefined || performance.now() > end) return found;
    await delay(PAUSE_MS);
  }
}
