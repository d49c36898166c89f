import type { EventStore } from '../event-store/event-store';
import type { Position } from '../event-store/position';
import type { Config } from '../runtime/config';

/** How far the lake or the warehouse is behind the log that it was made from. */
export interface Freshness {
  /** every event recorded before this time is in it; ISO 8601 */
  asOf: string;
  /** events that are not in it yet */
  eventsBehind: number;
}

/**
 * @param through the position up to which it has the log; null: it has nothing
 * @returns undefined when the log ends before `through`, so that it is another log
 */
export async function freshnessOf(
  store: Pick<EventStore, 'head' | 'countAfter' | 'readAll'>,
  through: Position | null,
): Promise<Freshness | undefined> {
  const head = await store.head();
  if (through && (!head || head.position < through)) return undefined;
  const { lagBehind } = await import('../lake/status.js');
  const { lagEvents, lagSeconds } = await lagBehind(store, through ?? '');
  return { asOf: new Date(Date.now() - lagSeconds * 1000).toISOString(), eventsBehind: lagEvents };
}

/**
 * As `freshnessOf`, for commands that do not need the event store: asks it only where that starts nothing.
 */
export async function freshnessAtHand(
  config: Config,
  through: Position | null,
): Promise<Freshness | undefined> {
  const { withLogAtHand } = await import('../runtime/log-at-hand.js');
  return withLogAtHand(config, (store) => freshnessOf(store, through));
}

/** Such as `as of 2026-11-30 11:47:03 UTC, 8,186 events behind the log`. */
export function describeFreshness(freshness: Freshness | undefined): string {
  if (!freshness) return 'how far behind the log this is cannot be told: its event store does not run here';
  const { asOf, eventsBehind } = freshness;
  const time = `${asOf.slice(0, 19).replace('T', ' ')} UTC`;
  const events = eventsBehind === 1 ? '1 event' : `${eventsBehind.toLocaleString('en')} events`;
  return `as of ${time}, ${events} behind the log`;
}
