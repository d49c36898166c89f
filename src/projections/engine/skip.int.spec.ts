import pino from 'pino';
import { appendStreams, createTestStore, someEvent, type TestStore } from '../../../test/support/store';
import { tally } from '../../../test/support/tally.projection';
import { type Projector, startProjector } from '../live/store-projector';
import { projectionStatus } from '../progress/status';
import { chooseGeneration } from '../rebuild/open-generation';
import { rebuild } from '../rebuild/rebuild';
import type { RebuildOptions } from '../rebuild/rebuild-options';
import { switchGeneration } from '../rebuild/switch-generation';
import { listDeadLetters } from './dead-letters';
import { ProjectionRequestError } from './errors';
import { findGeneration, type Generation } from './generations';
import { retryDeadLetters, skipDeadLetter } from './retry-dead-letters';
import { listSkippedEvents } from './skipped-events';

const BROKEN = 'order-7';
const WHY = { reason: 'the shop never sold it', by: 'ada@desk' };

/** Refuses the second event of one stream, and the fifth where `fifth` is said. */
const picky = (fifth = false) =>
  tally({
    refuses: (stream, revision) => stream === BROKEN && (revision === 1 || (fifth && revision === 4)),
  });

let test_: TestStore;
let projector: Projector;
let access: { databaseUrl: string; pool: TestStore['database']['pool']; store: TestStore['store'] };

const run = (projection = picky()) =>
  startProjector({ ...access, logger: pino({ level: 'silent' }), projections: [projection] });

beforeEach(async () => {
  test_ = await createTestStore();
  access = { databaseUrl: test_.database.url, pool: test_.database.pool, store: test_.store };
  projector = run();
  await appendStreams(test_.store, 10);
  await test_.store.append(
    BROKEN,
    'any',
    [1, 2, 3, 4, 5].map(() => someEvent()),
  );
  await projector.caughtUp();
});
afterEach(async () => {
  await projector.stop();
  await test_.close();
});

const active = async (): Promise<Generation> =>
  (await findGeneration(access.pool, 'tally', 'active')) as Generation;

async function counted(): Promise<{ broken: number; total: number }> {
  const { rows } = await access.pool.query<{ broken: number; total: number }>(
    `SELECT (SELECT events FROM read.tally WHERE stream = $1) AS broken,
            (SELECT events FROM read.tally_total) AS total`,
    [BROKEN],
  );
  return rows[0] as { broken: number; total: number };
}

const replay = (options: Partial<RebuildOptions> = {}) =>
  rebuild({ ...access, projections: [picky()], ...options });

describe('a dead letter that can never be applied', () => {
  it('is skipped with a reason, what waited behind it is applied, and the stream goes on', async () => {
    expect(await counted()).toEqual({ broken: 1, total: 10 });
    const report = await skipDeadLetter(access.pool, picky(), BROKEN, WHY);
    expect(report).toMatchObject({
      skipped: { stream: BROKEN, type: 'OrderPaid', refusal: `cannot count ${BROKEN}` },
      applied: 4,
      parked: 0,
    });
    expect(await counted()).toEqual({ broken: 5, total: 14 });
    await test_.store.append(BROKEN, 'any', [someEvent()]);
    await projector.caughtUp();
    expect(await counted()).toEqual({ broken: 6, total: 15 });

    const [skipped, ...more] = await listSkippedEvents(access.pool, await active());
    expect(more).toEqual([]);
    expect(skipped).toMatchObject({
      stream: BROKEN,
      reason: WHY.reason,
      skippedBy: WHY.by,
      skippedAt: expect.any(Date),
      event: { stream: BROKEN, revision: 1 },
    });
  });

  it('is known again by a replay, which counts the same and needs no --park', async () => {
    await expect(replay()).rejects.toThrow(/`tidemark replay tally --park`/);
    await skipDeadLetter(access.pool, picky(), BROKEN, WHY);
    const [built] = await replay({ verify: true, batchSize: 3 });
    expect(built).toMatchObject({ switched: true, comparison: { equal: true } });
    expect(await counted()).toEqual({ broken: 5, total: 14 });
  });

  it('is counted for every generation, for ever', async () => {
    await skipDeadLetter(access.pool, picky(), BROKEN, WHY);
    await replay();
    const status = await projectionStatus(access.pool, test_.store);
    expect(
      status.map(({ generation, deadLetters, skippedEvents }) => [generation, deadLetters, skippedEvents]),
    ).toEqual([
      [1, 0, 1],
      [2, 0, 1],
    ]);
  });

  it('is let go by retry in a generation where it is parked still', async () => {
    await replay({ park: true });
    await skipDeadLetter(access.pool, picky(), BROKEN, WHY);
    await switchGeneration(access, picky(), await chooseGeneration(access.pool, picky(), ['retired']));
    expect(await listDeadLetters(access.pool, await active())).toHaveLength(5);
    expect(await retryDeadLetters(access.pool, picky())).toEqual({ applied: 4, parked: 0, failures: [] });
    expect(await counted()).toEqual({ broken: 5, total: 14 });
  });

  it('that is not the only one leaves the stream parked from the next one on', async () => {
    const report = await skipDeadLetter(access.pool, picky(true), BROKEN, WHY);
    expect(report).toMatchObject({ applied: 2, parked: 2, failures: [{ stream: BROKEN }] });
    const letters = await listDeadLetters(access.pool, await active());
    expect(letters.map(({ event, reason }) => [event.revision, reason])).toEqual([
      [4, `cannot count ${BROKEN}`],
      [5, null],
    ]);
  });

  it('is not skipped while retry could apply it, nor where nothing is parked', async () => {
    const skip = (stream: string) => skipDeadLetter(access.pool, tally(), stream, WHY);
    await expect(skip(BROKEN)).rejects.toThrow(
      /`tidemark projections retry tally --stream order-7` applies it/,
    );
    await expect(skip('order-1')).rejects.toBeInstanceOf(ProjectionRequestError);
    expect(await counted()).toEqual({ broken: 1, total: 10 });
    expect(await listSkippedEvents(access.pool, await active())).toEqual([]);
    expect(await listDeadLetters(access.pool, await active())).toHaveLength(5);
  });
});
