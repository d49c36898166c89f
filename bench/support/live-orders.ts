import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { EventStore } from '../../src/event-store/event-store';
import type { LogAppend } from './order-log';

const LOOK_EVERY_MS = 5;
const SHOWN_WITHIN_MS = 30_000;

/** From an event's commit until the read model of orders shows it, milliseconds. */
export interface LiveSamples {
  /** in the order's row */
  row: number[];
  /** in the position that readers see (`asOf`) */
  asOf: number[];
  /** events appended in each second, in fact */
  rate: number;
}

interface Waiting {
  orderId: string;
  position: string;
  committedAt: number;
  isInRow: boolean;
}

/**
 * Appends at fixed times, however long the ones before take, and watches the read model.
 * @param perSecond events
 * @param count of events
 * @throws Error when an event is not shown within 30 s
 */
export async function appendLive(
  store: EventStore,
  pool: Pool,
  log: Iterator<LogAppend>,
  perSecond: number,
  count: number,
): Promise<LiveSamples> {
  const samples: LiveSamples = { row: [], asOf: [], rate: 0 };
  const waiting = new Set<Waiting>();
  const startedAt = performance.now();
  let isAppending = true;
  const append = async ({ stream, expected, event }: LogAppend) => {
    const { position } = await store.append(stream, expected, [event]);
    const orderId = stream.slice('order-'.length);
    waiting.add({ orderId, position, committedAt: performance.now(), isInRow: false });
  };
  const appendAll = async () => {
    const appends: Promise<void>[] = [];
    try {
      for (let n = 0; n < count; n++) {
        const early = startedAt + (n * 1000) / perSecond - performance.now();
        if (early > 1) await delay(early);
        const appending = append(log.next().value as LogAppend);
        // Promise.all below reports a failure; until then it must not end the process.
        appending.catch(() => {});
        appends.push(appending);
      }
      await Promise.all(appends);
    } finally {
      isAppending = false;
    }
    samples.rate = (count * 1000) / (performance.now() - startedAt);
  };
  const watch = async () => {
    while (isAppending || waiting.size > 0) {
      await look(pool, waiting, samples);
      await delay(LOOK_EVERY_MS);
    }
  };
  await Promise.all([appendAll(), watch()]);
  return samples;
}

async function look(pool: Pool, waiting: Set<Waiting>, samples: LiveSamples): Promise<void> {
  const looked = [...waiting];
  if (looked.length === 0) return;
  const { rows } = await pool.query<{ position: string; shown: Record<string, string> }>({
    name: 'live-orders',
    text: `SELECT position, (SELECT coalesce(json_object_agg(order_id, updated_position), '{}')
                               FROM read.orders WHERE order_id = ANY($1)) AS shown
             FROM read.projections WHERE projection = 'orders'`,
    values: [looked.filter(({ isInRow }) => !isInRow).map(({ orderId }) => orderId)],
  });
  const [{ position, shown }] = rows as [{ position: string; shown: Record<string, string> }];
  const now = performance.now();
  for (const event of looked) {
    const late = Math.max(0, now - event.committedAt);
    if (late > SHOWN_WITHIN_MS) throw new Error(`The event at ${event.position} is not shown`);
    if (!event.isInRow && (shown[event.orderId] ?? '') >= event.position) {
      event.isInRow = true;
      samples.row.push(late);
    }
    if (!event.isInRow || position < event.position) continue;
    samples.asOf.push(late);
    waiting.delete(event);
  }
}
