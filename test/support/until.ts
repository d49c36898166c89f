import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 10;
const GIVE_UP_MS = 120_000;

/**
 * Waits until a condition holds; looks every 10 ms.
 * @param what is waited for, as the error names it
 * @throws Error after two minutes
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = String(condition),
): Promise<void> {
  const end = performance.now() + GIVE_UP_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Waited for two minutes, in vain: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}
