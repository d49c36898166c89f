import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 2_000;

/** Waits longer each time, and never as long as another who lost at the same time. @param attempt from 0 */
export async function backOff(attempt: number): Promise<void> {
  const ms = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS);
  await sleep(ms * (0.5 + Math.random() / 2));
}
