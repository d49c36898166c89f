import fc from 'fast-check';
import type { RecordedEvent } from '../event-store/event';
import { partitionOf } from '../kafka/partition-of';
import { topicOf } from '../kafka/topics';
import { cutIntoSteps, type Step } from './steps';
import { createTargets, type Targets } from './targets';

const OPTIONS = { source: 'urn:x', epoch: 1, carefulUntil: '' };
const position = (n: number) => String(n).padStart(6, '0');

function event(n: number, stream: string, bytes = 10): RecordedEvent {
  return {
    id: `e${n}`,
    type: 'OrderPaid',
    stream,
    revision: 0,
    position: position(n),
    occurredAt: n,
    recordedAt: n,
    data: 'x'.repeat(bytes),
    metadata: { schemaVersion: 1, correlationId: 'c', causationId: 'd' },
  } as unknown as RecordedEvent;
}

function targets(partitions: number, tail: (topic: string, partition: number) => number = () => 0): Targets {
  const topic = (name: string) => ({ name, partitions });
  const all = createTargets({
    orders: topic('orders'),
    activity: topic('activity'),
    catalogue: topic('catalogue'),
  });
  for (const target of Object.values(all).flat())
    target.tail = position(tail(target.topic, target.partition));
  return all;
}

const positionsOf = (step: Step) => [...step.records.values()].flat().map(({ headers }) => headers.position);

const streams = fc.constantFrom('order-1', 'order-2', 'order-3', 'session-1', 'product-1', 'store');
const sizes = fc.constantFrom(10, 300_000, 700_000, 1_100_000);

test('every event that its partition lacks is in one step, under that partition, in log order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(streams, sizes), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 30 }),
      (shapes, partitions, tail) => {
        const events = shapes.map(([stream, bytes], i) => event(i + 1, stream, bytes));
        const all = targets(partitions, (topic, partition) =>
          topic === 'orders' && partition === 0 ? tail : 0,
        );
        const steps = [...cutIntoSteps(events, all, OPTIONS)];
        const wanted = events.filter(({ stream, position: at }) => {
          const isTailed = topicOf(stream) === 'orders' && partitionOf(stream, partitions) === 0;
          return !isTailed || at > position(tail);
        });
        const sent = steps.flatMap((step) => positionsOf(step).sort());
        expect(sent).toEqual(wanted.map(({ position: at }) => at));
        expect(steps.at(-1)?.through).toBe(events.at(-1)?.position);
        for (const { records, through } of steps)
          for (const [target, own] of records) {
            const bytes = own.reduce((sum, { value }) => sum + value.length, 0);
            expect(own.length === 1 || bytes <= 1_000_000).toBe(true);
            for (const { key, headers } of own) {
              expect([target.topic, target.partition]).toEqual([
                topicOf(key as string),
                partitionOf(key as string, partitions),
              ]);
              expect(headers.position <= through).toBe(true);
            }
          }
      },
    ),
    { numRuns: 50 },
  );
});

test('events that were refused together get a step each, and later ones share steps again', () => {
  const events = [1, 2, 3, 4, 5].map((n) => event(n, `order-${n}`));
  const steps = [...cutIntoSteps(events, targets(2), { ...OPTIONS, carefulUntil: position(2) })];
  expect(steps.map((step) => positionsOf(step).sort())).toEqual([
    [position(1)],
    [position(2)],
    [position(3), position(4), position(5)],
  ]);
});

test('a run that the partitions have already is one step without records', () => {
  const events = [1, 2].map((n) => event(n, 'order-1'));
  const [step, ...others] = cutIntoSteps(
    events,
    targets(1, () => 2),
    OPTIONS,
  );
  expect(others).toEqual([]);
  expect({ through: step?.through, recordedAt: step?.recordedAt, records: step?.records.size }).toEqual({
    through: position(2),
    recordedAt: 2,
    records: 0,
  });
});
