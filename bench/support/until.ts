import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 10;
const GIVE_UP_MS = 120_000;

/**
 * Looks every 10 ms whether something has happened.
 * @param what it is, for the error
 * @throws Error after two minutes
 */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + GIVE_UP_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Waited for two minutes, in vain: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}
