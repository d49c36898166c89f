import { createTestStore, someEvent, type TestStore } from '../../../test/support/store';
import { tally } from '../../../test/support/tally.projection';
import type { RecordedEvent } from '../../event-store/event';
import type { PartitionBatch } from '../../feed/partition-batch';
import { partitionOf } from '../../kafka/partition-of';
import { createPool } from '../../postgres/pool';
import { handOver } from '../live/hand-over';
import { publishedGeneration } from '../live/published-generation';
import type { Projection } from '../projection';
import { listDeadLetters } from './dead-letters';
import { CheckpointMovedError } from './errors';
import { findGeneration, type Generation } from './generations';
import { PartitionsRunner } from './partitions-runner';

const PARTITIONS = 3;
const partitions = Array.from({ length: PARTITIONS }, (_, partition) => ({
  topic: 'orders' as const,
  partition,
}));

let shop: TestStore;
let log: RecordedEvent[];
beforeAll(async () => {
  shop = await createTestStore();
  for (let n = 0; n < 30; n++) await shop.store.append(`order-${n % 12}`, 'any', [someEvent()]);
  log = [];
  for await (const { events } of shop.store.readAll(null)) log.push(...events);
});
afterAll(() => shop.close());

/** Everything is begun anew: a generation that has nothing, and a checkpoint for each partition. */
async function begin(projection: Projection): Promise<Generation> {
  const { pool } = shop.database;
  await pool.query('DROP SCHEMA IF EXISTS tally_g1 CASCADE');
  await pool.query('DELETE FROM tidemark.generations');
  await publishedGeneration(pool, projection, await shop.store.identity());
  return (await handOver(pool, projection, partitions)) as Generation;
}

const parkedNow: string[] = [];
function open(projection: Projection, generation: Generation): PartitionsRunner {
  const settings = { search_path: generation.schema };
  const pool = createPool({ url: shop.database.url, max: 2, applicationName: 'spec', settings });
  closing.push(() => pool.end());
  const onParked = ({ position }: RecordedEvent) => void parkedNow.push(position);
  return new PartitionsRunner({ projection, generation, pool, onPoison: 'park', onParked });
}
let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  parkedNow.length = 0;
  for (const close of closing) await close();
  closing = [];
});

/** What a partition has of the log's events from one to another, as counted from 0. */
function batch(partition: number, from: number, to: number): PartitionBatch {
  const part = log.slice(from, to);
  const last = part.at(-1) as RecordedEvent;
  return {
    topic: 'orders',
    partition,
    events: part.filter(({ stream }) => partitionOf(stream, PARTITIONS) === partition),
    through: last.position,
    throughRecordedAt: last.recordedAt,
  };
}

const rowsOf = async () =>
  (await shop.database.pool.query('SELECT stream, events FROM read.tally ORDER BY stream')).rows;
const positions = async () =>
  (
    await shop.database.pool.query<{ position: string }>(
      'SELECT position FROM tidemark.partition_checkpoints ORDER BY partition',
    )
  ).rows.map(({ position }) => position);
/** The transactions that have written the checkpoints last. */
const writers = async () =>
  (await shop.database.pool.query('SELECT DISTINCT xmin::text FROM tidemark.partition_checkpoints')).rows;
const published = async () => (await findGeneration(shop.database.pool, 'tally', 'active')) as Generation;

/** Events by stream, of the first of the log, or of those that pass. */
function expected(of: number, passes: (event: RecordedEvent) => boolean = () => true) {
  const counts = new Map<string, number>();
  for (const event of log.slice(0, of).filter(passes))
    counts.set(event.stream, (counts.get(event.stream) ?? 0) + 1);
  return [...counts].sort().map(([stream, events]) => ({ stream, events }));
}
const at = (index: number) => (log[index] as RecordedEvent).position;

describe('batches of several partitions', () => {
  it('are applied in one transaction, and the generation is where the last of them is', async () => {
    const runner = open(tally(), await begin(tally()));
    await runner.apply([batch(0, 0, 20), batch(1, 0, 10), batch(2, 0, 30)]);
    expect(await writers()).toHaveLength(1);
    expect(await positions()).toEqual([at(19), at(9), at(29)]);
    expect(await published()).toMatchObject({
      position: at(9),
      recordedAt: new Date(log[9]?.recordedAt ?? 0),
    });
    expect(runner.generation.position).toBe(at(9));

    await runner.apply([batch(0, 0, 30), batch(1, 5, 30), batch(2, 0, 30)]);
    expect(await rowsOf()).toEqual(expected(30));
    expect(await positions()).toEqual([at(29), at(29), at(29)]);
    expect(await published()).toMatchObject({ position: at(29), events: 30 });
  });

  it('change nothing when one of the partitions is another process’ by now', async () => {
    const generation = await begin(tally());
    const [stopped, other] = [open(tally(), generation), open(tally(), generation)];
    await stopped.apply([batch(0, 0, 10), batch(1, 0, 10), batch(2, 0, 10)]);
    await other.apply([batch(1, 0, 20)]);
    const both = stopped.apply([batch(0, 10, 30), batch(1, 10, 30)]);
    await expect(both).rejects.toThrow(CheckpointMovedError);
    expect(await positions()).toEqual([at(9), at(19), at(9)]);
    await other.apply([batch(0, 0, 30), batch(1, 20, 30), batch(2, 0, 30)]);
    expect(await rowsOf()).toEqual(expected(30));
  });

  it('park the stream of an event that is refused, and go on with all others', async () => {
    const poison = log[13] as RecordedEvent;
    const picky = tally({
      refuses: (stream, revision) => stream === poison.stream && revision === poison.revision,
    });
    const runner = open(picky, await begin(picky));
    await runner.apply([batch(0, 0, 30), batch(1, 0, 24), batch(2, 0, 9)]);
    const ofPartition = ({ stream }: RecordedEvent) => partitionOf(stream, PARTITIONS);
    const reached = [29, 23, 8];
    const isFolded = (event: RecordedEvent) =>
      event.position <= at(reached[ofPartition(event)] ?? 0) &&
      !(event.stream === poison.stream && event.position >= poison.position);
    expect(await positions()).toEqual(reached.map(at));
    expect(await rowsOf()).toEqual(expected(30, isFolded));
    expect(parkedNow).toEqual([poison.position]);
    const letters = await listDeadLetters(shop.database.pool, await published());
    expect(letters.map(({ position }) => position)[0]).toBe(poison.position);
  });

  it('begin where another process has parked a stream of a partition that comes later', async () => {
    const ofOne = log.filter(({ stream }) => partitionOf(stream, PARTITIONS) === 1);
    const [poison] = ofOne as [RecordedEvent];
    const picky = tally({ refuses: (stream, revision) => stream === poison.stream && revision === 0 });
    const generation = await begin(picky);
    const [here, other] = [open(picky, generation), open(picky, generation)];
    await here.apply([batch(0, 0, 10)]);
    await other.apply([batch(1, 0, 6)]);
    await here.apply([batch(0, 10, 30), batch(1, 6, 30), batch(2, 0, 30)]);
    expect(await rowsOf()).toEqual(expected(30, ({ stream }) => stream !== poison.stream));
    expect(await positions()).toEqual([at(29), at(29), at(29)]);
  });
});
