import { setTimeout as delay } from 'node:timers/promises';

/** Waits for `ms` milliseconds, or until `signal` aborts. Never rejects. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
