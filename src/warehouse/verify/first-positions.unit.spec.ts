import fc from 'fast-check';
import { eventLog } from '../../../test/support/events';
import { storeOf } from '../../../test/support/warehouse/store-of';
import { isoDay } from '../../domain/calendar';
import type { RecordedEvent } from '../../event-store/event';
import type { Row } from '../../lake/columns/table-definition';
import type { Dataset } from '../../lake/datasets/dataset';
import { orders } from '../../lake/datasets/orders.dataset';
import type { Difference } from './difference';
import { findFirstPositions } from './first-positions';
import { LogSource } from './log-tallies';
import { rowDigest } from './row-digest';
import { rowsOfEvent } from './rows/rows-of-event';
import type { TallySource } from './sources';
import { addTally, partKey, type Selection, sameTally, summedColumns, type Tallies } from './tally';

const SETTINGS = { reportingCurrency: 'GBP', timeZone: 'UTC' };
const DAY = 86_400_000;

interface Order {
  /** distance of its position from the one before */
  step: number;
  day: number;
  currency: string;
  /** what happened to it on the way; a wrong amount is a larger one, so that mistakes add up */
  lostBy: 'lake' | 'warehouse' | null;
  wrongIn: 'warehouse' | null;
}

const order: fc.Arbitrary<Order> = fc.record({
  step: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 400_000 })),
  day: fc.integer({ min: 0, max: 2 }),
  currency: fc.constantFrom('GBP', 'EUR'),
  lostBy: fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom('lake' as const, 'warehouse' as const) },
  ),
  wrongIn: fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant('warehouse' as const) },
  ),
});

/** A log of some orders, and its rows as lake and warehouse have them. */
function shopOf(taken: readonly Order[]) {
  const log = eventLog();
  let at = 1;
  const lake: Row[] = [];
  const warehouse: Row[] = [];
  const events: RecordedEvent[] = [{ ...(log.events[0] as RecordedEvent), position: position(at) }];
  for (const { step, day, currency, lostBy, wrongIn } of taken) {
    at += step;
    const placed = log.place({ currency, at: Date.UTC(2024, 0, 1) + day * DAY });
    const event: RecordedEvent = { ...placed, position: position(at) };
    events.push(event);
    const [row] = rowsOfEvent(orders, event, SETTINGS) as [Row];
    if (lostBy !== 'lake') lake.push(row);
    const total = Number(row.total) + (wrongIn === 'warehouse' ? 1 : 0);
    if (lostBy === null) warehouse.push({ ...row, total });
  }
  const store = events.flatMap((event) => rowsOfEvent(orders, event, SETTINGS));
  return { events, through: position(at), store, lake, warehouse };
}

const position = (n: number): string => String(n).padStart(20, '0');

const digestOf = rowDigest(orders);

const dayOf = (row: Row): string => isoDay(Number(row.change_date));

function tallyRows(
  rows: readonly Row[],
  { days, stretches, stretchLength = 0 }: Partial<Selection>,
): Tallies {
  const tallies: Tallies = new Map();
  for (const row of rows) {
    const at = String(row.position);
    const day = dayOf(row);
    if (days && !days.has(day)) continue;
    if (stretches && ![...stretches].some((first) => at.startsWith(first))) continue;
    const key = partKey({ day, currency: String(row.currency), stretch: at.slice(0, stretchLength) });
    const sums = summedColumns(orders).map(({ name }) => BigInt((row[name] ?? 0) as number));
    addTally(tallies, key, { rows: 1, sums, digest: digestOf(row) });
  }
  return tallies;
}

/** Counts the questions. */
function sourceOf(rows: readonly Row[]): TallySource & { asked: number } {
  return {
    asked: 0,
    async tally(_dataset: Dataset, selection) {
      this.asked += 1;
      return tallyRows(rows, selection);
    },
  };
}

function differencesOf({ store, lake, warehouse }: ReturnType<typeof shopOf>): Difference[] {
  const [inStore, inLake, inWarehouse] = [store, lake, warehouse].map((rows) => tallyRows(rows, {})) as [
    Tallies,
    Tallies,
    Tallies,
  ];
  return [...inStore].flatMap(([key, own]) => {
    const [day = '', currency = ''] = key.split(' ');
    const sides = {
      store: own,
      lake: inLake.get(key) ?? null,
      warehouse: inWarehouse.get(key) ?? null,
    };
    const equal = [sides.lake, sides.warehouse].every((side) => sameTally(own, side ?? undefined));
    return equal ? [] : [{ dataset: 'orders', day, currency, ...sides, firstPosition: null }];
  });
}

describe('the first position that disagrees', () => {
  it('is found for every day and currency, wherever in the log and on whichever side', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(order, { minLength: 1, maxLength: 60 }), async (taken) => {
        const shop = shopOf(taken);
        const differences = differencesOf(shop);
        const [lake, warehouse] = [sourceOf(shop.lake), sourceOf(shop.warehouse)];
        const log = new LogSource(storeOf(shop.events));
        const range = { after: null, through: shop.through };
        await findFirstPositions({ log, lake, warehouse, range, onLook: () => {} }, differences);
        const has = (rows: readonly Row[], row: Row) =>
          rows.some(({ position: at, total }) => at === row.position && total === row.total);
        for (const { day, currency, firstPosition } of differences) {
          const first = shop.store.find(
            (row) =>
              dayOf(row) === day &&
              row.currency === currency &&
              !(has(shop.lake, row) && has(shop.warehouse, row)),
          );
          expect(firstPosition).toBe(first?.position);
        }
        // Positions here have eight digits at most.
        expect(Math.max(lake.asked, warehouse.asked)).toBeLessThanOrEqual(3);
      }),
    );
  });
});
