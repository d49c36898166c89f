import { eventsOf, sharedStream, type WriterTask } from '../../../test/support/append-writer';
import { until } from '../../../test/support/until';
import type { RecordedEvent } from '../event';
import {
  collect,
  collectBatches,
  eventsIn,
  follow,
  headPosition,
  type MakeStore,
  newPrefix,
  useStore,
} from './harness';

const WRITERS = 4;
const APPENDS = 100;

export function writersFeatures(makeStore: MakeStore): void {
  const { current, store } = useStore(makeStore);

  it('in several processes: a subscriber misses nothing and sees nothing twice', async () => {
    const prefix = newPrefix();
    const start = await headPosition(store());
    const reader = follow(store(), start, prefix, 50);
    const tasks = Array.from(
      { length: WRITERS },
      (_, writer): WriterTask => ({ prefix, writer, appends: APPENDS }),
    );
    const expected = tasks.reduce((sum, task) => sum + eventsOf(task), 0);
    await Promise.all(tasks.map((task) => current().runWriter(task)));
    await until(() => reader.events.length >= expected);
    await reader.stop();

    expect(reader.events).toHaveLength(expected);
    const positions = reader.events.map(({ position }) => position);
    expect([...new Set(positions)].sort()).toEqual(positions);
    expectEveryEventOnce(reader.events, tasks);
    expectDenseRevisions(reader.events);

    const filter = { streamPrefixes: [prefix] };
    const afterwards = eventsIn(await collectBatches(store().readAll(start, { filter })));
    expect(afterwards.map(({ id }) => id)).toEqual(reader.events.map(({ id }) => id));
    const shared = await collect(store().readStream(sharedStream(prefix)));
    expect(shared).toHaveLength((WRITERS * APPENDS) / 5);
  });
}

function expectEveryEventOnce(events: RecordedEvent[], tasks: WriterTask[]): void {
  for (const task of tasks) {
    const sequences = events
      .map(({ data }) => data as unknown as { writer: number; sequence: number })
      .filter(({ writer }) => writer === task.writer)
      .map(({ sequence }) => sequence);
    expect(sequences.sort((a, b) => a - b)).toEqual(Array.from({ length: eventsOf(task) }, (_, i) => i));
  }
}

/** Checks that the reader saw revisions 0, 1, 2 ... of each stream, in this order. */
function expectDenseRevisions(events: RecordedEvent[]): void {
  const next = new Map<string, number>();
  const wrong = events.filter(({ stream, revision }) => {
    const expected = next.get(stream) ?? 0;
    next.set(stream, revision + 1);
    return revision !== expected;
  });
  expect(wrong).toEqual([]);
}
