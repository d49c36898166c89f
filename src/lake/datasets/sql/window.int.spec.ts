import fc from 'fast-check';
import { type EventLog, eventLog } from '../../../../test/support/events';
import { everyEvent } from '../../../../test/support/every-event';
import { hostileEvent } from '../../../../test/support/lake/hostile-events';
import { naiveRows } from '../../../../test/support/lake/naive-rows';
import { type LoggedEvent, type Made, WindowUnderTest } from '../../../../test/support/lake/window';
import { lifecycles } from '../../../../test/support/lifecycles';
import type { StoreConfigured } from '../../../domain/events';
import type { RecordedEvent } from '../../../event-store/event';
import type { Refusal } from '../../cuts/cut';
import { eventDatasets } from '../catalogue';
import type { Dataset } from '../dataset';
import { orderLines } from '../order-lines.dataset';
import { orders } from '../orders.dataset';
import { returns } from '../returns.dataset';
import type { Field } from './field';
import { jsonFields } from './table';

const WINDOW = 600;
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Asia/Tokyo',
  'America/St_Johns',
  'Africa/Monrovia',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
];

let window: WindowUnderTest;
beforeAll(async () => {
  window = await WindowUnderTest.open();
});
afterAll(() => window.close());

const positionOf = (index: number) => String(index + 1).padStart(20, '0');
const placed = (events: readonly Omit<LoggedEvent, 'position'>[]): LoggedEvent[] =>
  events.map((event, index) => ({ ...event, position: positionOf(index) }));
const asLogged = (event: RecordedEvent): LoggedEvent => ({
  ...event,
  data: JSON.stringify(event.data),
  metadata: JSON.stringify(event.metadata),
});
const logged = ({ events }: EventLog): LoggedEvent[] => events.map(asLogged);

/** A window that follows from a number: a failure would print all of its events otherwise. */
const hostileLog = (seed: number) => placed(fc.sample(hostileEvent, { seed, numRuns: WINDOW }));
const settings = fc.record({
  reportingCurrency: fc.constantFrom('GBP', 'EUR', 'JPY', 'KWD', 'CLF', 'XXX'),
  timeZone: fc.constantFrom(...ZONES),
});

/** By dataset and position: rows, or the reason for a refusal. */
function byEvent({ rows, refused }: Made): Map<string, unknown> {
  const made = new Map<string, unknown>();
  for (const [dataset, each] of rows)
    for (const row of each) {
      const key = `${dataset} ${row.position}`;
      made.set(key, [...((made.get(key) as unknown[]) ?? []), row]);
    }
  for (const { dataset, position, reason } of refused) made.set(`${dataset} ${position}`, reason);
  return made;
}

/** An error that is no BadRowError comes of a value that no event type allows: being refused is enough. */
const isOther = (wanted: unknown) => typeof wanted === 'string' && /^\w+Error: /.test(wanted);
const places = (refused: readonly Refusal[]) =>
  refused.map(({ dataset, position }) => `${dataset} ${position}`);

function expectSame(events: readonly LoggedEvent[], made: Made, wanted: Made): void {
  const [is, should] = [byEvent(made), byEvent(wanted)];
  for (const key of new Set([...should.keys(), ...is.keys()])) {
    const [one, other] = [is.get(key), should.get(key)];
    if (typeof one === 'string' && isOther(other)) continue;
    const { type, data } = events[Number(key.slice(-20)) - 1] as LoggedEvent;
    expect({ key, type, data, made: one }).toEqual({ key, type, data, made: other });
  }
  expect(places(made.refused)).toEqual(places(wanted.refused));
  for (const { name } of eventDatasets) {
    const order = ({ rows }: Made) => rows.get(name)?.map(({ position }) => position);
    expect(order(made)).toEqual(order(wanted));
  }
}

async function check(events: readonly LoggedEvent[], known: StoreConfigured | undefined): Promise<void> {
  expectSame(
    events,
    await window.make(eventDatasets, events, known),
    naiveRows(eventDatasets, events, known),
  );
}

// A failure names its event; looking for a smaller window would take minutes.
const few = { numRuns: 3, endOnFailure: true };

describe('the SQL of the datasets makes of a window what plain TypeScript makes of its events', () => {
  it('in a shop', async () => {
    const known = { reportingCurrency: 'GBP', timeZone: 'Asia/Tokyo' };
    await fc.assert(
      fc.asyncProperty(lifecycles(known, { steps: 400 }), async (log) => {
        await check(logged(log), known);
      }),
      few,
    );
  });

  it('where fields hold anything that JSON can hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), settings, (seed, known) => check(hostileLog(seed), known)),
      few,
    );
  });

  it('before and after the event that configures the store, and where there is none', async () => {
    const log = eventLog(false);
    log.place({ orderId: 'early' });
    log.configure('GBP', 'UTC');
    log.configure('EUR', 'Asia/Tokyo');
    log.place({ orderId: 'late' });
    for (const known of [{ reportingCurrency: 'GBP', timeZone: 'UTC' }, undefined])
      await check(logged(log), known);
  });

  it('in the order of the log, where a few rows of one vector come before many of the next', async () => {
    const log = eventLog();
    for (let i = 0; i < 4_000; i++) {
      if (i < 2_100 && i % 60 !== 0) log.append('ProductUnchanged', 'product-p1', { productId: 'p1' });
      else log.place({ orderId: `o${i}` });
    }
    await check(logged(log), { reportingCurrency: 'GBP', timeZone: 'UTC' });
  });

  it('with nothing in it', () => check([], { reportingCurrency: 'GBP', timeZone: 'UTC' }));
});

describe('an event that no event type allows is refused, and never ends an export', () => {
  const WRONG: Record<Field['is'], readonly unknown[]> = {
    text: [5, true, {}, ['x'], -1.5],
    decimal: [5, false, null, {}],
    number: ['5', true, null, {}, []],
  };

  /** Each dataset with a field of one of its events, and the event with a wrong value there. */
  function* wrongFields(): Generator<{ dataset: string; field: string; event: RecordedEvent }> {
    for (const dataset of eventDatasets)
      for (const event of eventsOf(dataset)) {
        const { lines: [line] = [], ...own } = event.data as { lines?: Record<string, unknown>[] };
        for (const field of jsonFields([dataset]))
          for (const wrong of WRONG[field.is]) {
            const { name } = field;
            if (!(name in (field.of === 'line' ? (line ?? {}) : own))) continue;
            const data =
              field.of === 'line' ? { lines: [line, { ...line, [name]: wrong }] } : { [name]: wrong };
            yield {
              dataset: dataset.name,
              field: `${name} ${JSON.stringify(wrong)}`,
              event: { ...event, data: { ...event.data, ...data } } as RecordedEvent,
            };
          }
      }
  }

  const eventsOf = ({ eventTypes }: Dataset) => everyEvent().filter(({ type }) => eventTypes?.includes(type));

  async function refusedOf(events: readonly LoggedEvent[]): Promise<Set<string>> {
    const known = { reportingCurrency: 'GBP', timeZone: 'UTC' };
    const { refused } = await window.make(eventDatasets, events, known);
    expect(refused.filter(({ reason }) => !reason)).toEqual([]);
    return new Set(refused.map(({ dataset, position }) => `${dataset} ${position}`));
  }

  it('where a field is of a wrong type', async () => {
    const all = [...wrongFields()];
    const refused = await refusedOf(placed(all.map(({ event }) => asLogged(event))));
    const taken = all.filter(({ dataset }, index) => !refused.has(`${dataset} ${positionOf(index)}`));
    expect(taken.map(({ dataset, field, event }) => [dataset, event.type, field])).toEqual([]);
    expect(all.length).toBeGreaterThan(300);
  });

  it('where its lines are none', async () => {
    const datasets = [orderLines, orders, returns];
    const all = datasets.flatMap((dataset) =>
      eventsOf(dataset)
        .filter(({ data }) => 'lines' in data)
        .flatMap((event) =>
          [undefined, null, {}, 'x', 5, [null], [5]].map((lines) => ({
            dataset: dataset.name,
            event: { ...event, data: { ...event.data, lines } } as unknown as RecordedEvent,
          })),
        ),
    );
    const refused = await refusedOf(placed(all.map(({ event }) => asLogged(event))));
    const taken = all.filter(({ dataset }, index) => !refused.has(`${dataset} ${positionOf(index)}`));
    expect(taken).toEqual([]);
  });

  it('where its data is no JSON object, or no JSON', async () => {
    const datasets = eventDatasets.filter(({ eventTypes }) => eventTypes);
    const all = datasets.flatMap((dataset) =>
      eventsOf(dataset).flatMap((event) =>
        ['null', '5', '"x"', '[]', '', '{"a":', 'nope'].map((data) => ({
          dataset: dataset.name,
          event: { ...asLogged(event), data },
        })),
      ),
    );
    const refused = await refusedOf(placed(all.map(({ event }) => event)));
    const taken = all.filter(({ dataset }, index) => !refused.has(`${dataset} ${positionOf(index)}`));
    expect(taken.map(({ dataset, event }) => [dataset, event.type, event.data])).toEqual([]);
  });
});
