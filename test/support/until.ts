import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 10;

/**
 * Waits until a condition holds; looks every 10 ms.
 * @param what is waited for, as the error names it
 * @param withinMs milliseconds; default: two minutes
 * @throws Error after that time
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = String(condition),
  withinMs = 120_000,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Waited for ${withinMs / 1000} seconds, in vain: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}
