import { invalidField, ok, type Result } from './failures';

/** How far a client's clock may be ahead of ours. */
export const MAX_CLOCK_AHEAD_MS = 5 * 60_000;

/**
 * Checks a business time: not before 1970, and at most five minutes ahead of `now`. Without one the time is
 * now. All times are Unix milliseconds.
 */
export function businessTime(time: number | undefined, now: number, field: string): Result<number> {
  if (time === undefined) return ok(now);
  if (!Number.isInteger(time)) return invalidField([field], 'is not a time');
  if (time < 0) return invalidField([field], 'lies before 1970');
  if (time > now + MAX_CLOCK_AHEAD_MS) return invalidField([field], 'lies in the future');
  return ok(time);
}
