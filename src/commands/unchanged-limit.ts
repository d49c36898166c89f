import type { DomainEvent } from '../domain/events';
import { saysNothingChanged } from '../domain/events';
import type { TooManyUnchanged } from '../domain/failures';

/** So many commands that change nothing are taken in one stream within a day: each is an event, for its key. */
export const UNCHANGED_LIMIT = 32;

const DAY_MS = 24 * 60 * 60_000;

/**
 * Why a decision that changes nothing is refused: its stream has as many of them within a day as it takes. Undefined when
 * it is taken, or changes something.
 * @param recentAt when the last UNCHANGED_LIMIT of the stream were recorded, oldest first; Unix milliseconds, as is `now`
 */
export function tooManyUnchanged(
  stream: string,
  decision: readonly DomainEvent[],
  recentAt: readonly number[],
  now: number,
): TooManyUnchanged | undefined {
  const [oldest] = recentAt;
  if (oldest === undefined || recentAt.length < UNCHANGED_LIMIT) return undefined;
  const retryAt = oldest + DAY_MS;
  if (now >= retryAt || !decision.every(({ type }) => saysNothingChanged(type))) return undefined;
  const message =
    `It is so already, and ${stream} has taken ${UNCHANGED_LIMIT} commands within a day that changed nothing. ` +
    `It takes the next one at ${new Date(retryAt).toISOString()}`;
  return { code: 'TOO_MANY_UNCHANGED', message, path: [], limit: UNCHANGED_LIMIT, retryAt };
}
