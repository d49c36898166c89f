import pino from 'pino';
import { appendStreams, createTestStore, someEvent, type TestStore } from '../../../test/support/store';
import { tally } from '../../../test/support/tally.projection';
import { PoisonEventError, ProjectionRequestError } from '../engine/errors';
import { findGeneration, listGenerations } from '../engine/generations';
import { type Projector, startProjector } from '../live/store-projector';
import type { Projection } from '../projection';
import { compareGeneration } from './compare-generations';
import { dropUnpublished } from './drop-generations';
import { chooseGeneration } from './open-generation';
import { rebuild } from './rebuild';
import type { RebuildOptions } from './rebuild-options';
import { switchGeneration } from './switch-generation';

let test_: TestStore;
let projector: Projector;

beforeEach(async () => {
  test_ = await createTestStore();
  projector = startProjector({ ...access(), logger: pino({ level: 'silent' }), projections: [tally()] });
});

afterEach(async () => {
  await projector.stop();
  await test_.close();
});

const access = () => ({
  databaseUrl: test_.database.url,
  pool: test_.database.pool,
  store: test_.store,
});

const replay = (options: Partial<RebuildOptions> = {}, projection: Projection = tally()) =>
  rebuild({ ...access(), projections: [projection], ...options });

/** Both tables in one statement: what any reader sees at one moment. */
async function read(): Promise<{ generation: number; sum: number; total: number }> {
  const { rows } = await test_.database.pool.query<{ generation: number; sum: number; total: number }>(
    `SELECT (SELECT generation FROM read.projections WHERE projection = 'tally') AS generation,
            (SELECT coalesce(sum(events), 0)::int FROM read.tally) AS sum,
            (SELECT events FROM read.tally_total) AS total`,
  );
  return rows[0] as { generation: number; sum: number; total: number };
}

const published = () => findGeneration(test_.database.pool, 'tally', 'active');

describe('a replay', () => {
  it('builds the same rows beside the published ones, proves it, and switches', async () => {
    await appendStreams(test_.store, 50);
    await projector.caughtUp();
    const [result] = await replay({ verify: true, batchSize: 7 });
    expect(result).toMatchObject({ generation: 2, switched: true, resumed: false, events: 50 });
    expect(result?.comparison).toMatchObject({ equal: true, published: 1, generation: 2 });
    expect(await read()).toEqual({ generation: 2, sum: 50, total: 50 });

    await appendStreams(test_.store, 10);
    await projector.caughtUp();
    expect(await read()).toEqual({ generation: 2, sum: 60, total: 60 });
  });

  it('shows old rows or new ones, never a mixture, nothing or a step back, while orders come', async () => {
    await appendStreams(test_.store, 200);
    await projector.caughtUp();
    let stop = false;
    let appended = 200;
    const writing = (async () => {
      while (!stop) {
        await test_.store.append(`order-${(appended % 50) + 1}`, 'any', [someEvent()]);
        appended++;
      }
    })();
    let before = 0;
    const reading = (async () => {
      while (!stop) {
        const { sum, total } = await read();
        expect(sum).toBe(total);
        expect(total).toBeGreaterThanOrEqual(before);
        before = total;
      }
    })();
    for (let round = 0; round < 5; round++) {
      const [result] = await replay({ verify: true, batchSize: 50 });
      expect(result).toMatchObject({ generation: round + 2, switched: true, comparison: { equal: true } });
    }
    stop = true;
    await Promise.all([writing, reading]);
    await projector.caughtUp();
    expect(await read()).toEqual({ generation: 6, sum: appended, total: appended });
    const kept = await listGenerations(test_.database.pool);
    expect(kept.map(({ generation, status }) => `${generation} ${status}`)).toEqual([
      '5 retired',
      '6 active',
    ]);
  });

  it('goes on where it was interrupted', async () => {
    await appendStreams(test_.store, 100);
    await projector.caughtUp();
    const interrupted = new AbortController();
    const stopAt40 = replay({
      batchSize: 10,
      signal: interrupted.signal,
      onProgress: ({ done }) => done >= 40 && interrupted.abort(new Error('stop')),
    });
    await expect(stopAt40).rejects.toThrow('stop');
    expect((await published())?.generation).toBe(1);

    let readAgain = 0;
    const [result] = await replay({
      batchSize: 10,
      verify: true,
      onProgress: ({ done }) => {
        readAgain = done;
      },
    });
    expect(result).toMatchObject({
      resumed: true,
      generation: 2,
      switched: true,
      comparison: { equal: true },
    });
    expect(readAgain).toBeLessThanOrEqual(60);
  });

  it('stops at a position, and leaves the result aside until it is switched to', async () => {
    await appendStreams(test_.store, 100);
    await projector.caughtUp();
    const middle = '50'.padStart(19, '0');
    const [result] = await replay({ until: { position: middle } });
    expect(result).toMatchObject({ position: middle, events: 50, switched: false });
    const { rows } = await test_.database.pool.query(`SELECT events FROM ${result?.schema}.tally_total`);
    expect(rows).toEqual([{ events: 50 }]);
    expect(await read()).toMatchObject({ generation: 1, total: 100 });

    const target = await chooseGeneration(test_.database.pool, tally(), ['ready']);
    await switchGeneration(access(), tally(), target);
    expect(await read()).toEqual({ generation: 2, sum: 100, total: 100 });
  });

  it('stops at a time', async () => {
    await appendStreams(test_.store, 10);
    const { recordedAt } = (await test_.store.head()) as { recordedAt: number };
    while (Date.now() <= recordedAt + 2) await new Promise((resolve) => setImmediate(resolve));
    await appendStreams(test_.store, 10);
    const [result] = await replay({ until: { recordedAt: recordedAt + 1 } });
    expect(result).toMatchObject({ events: 10, switched: false });
  });

  it('does not switch to rows that differ, and names them', async () => {
    await appendStreams(test_.store, 10);
    await projector.caughtUp();
    await test_.database.pool.query(`UPDATE tally_g1.tally SET events = 7 WHERE stream = 'order-3'`);
    const [result] = await replay({ verify: true });
    expect(result).toMatchObject({ switched: false, comparison: { equal: false } });
    expect(result?.comparison?.tables).toEqual([
      {
        table: 'tally',
        equal: false,
        publishedRows: 10,
        rows: 10,
        onlyPublished: [{ stream: 'order-3', events: 7 }],
        onlyThis: [{ stream: 'order-3', events: 1 }],
      },
      expect.objectContaining({ table: 'tally_total', equal: true }),
    ]);
    expect((await published())?.generation).toBe(1);
    const target = await chooseGeneration(test_.database.pool, tally(), ['ready', 'retired']);
    expect((await compareGeneration(access(), tally(), target)).equal).toBe(false);
    await dropUnpublished(test_.database.pool, tally(), target.generation);
    expect(await listGenerations(test_.database.pool)).toHaveLength(1);
  });

  it('can be rolled back, to rows that are up to date', async () => {
    await appendStreams(test_.store, 10);
    await projector.caughtUp();
    await replay();
    await appendStreams(test_.store, 10);
    await projector.caughtUp();
    await switchGeneration(
      access(),
      tally(),
      await chooseGeneration(test_.database.pool, tally(), ['retired']),
    );
    expect(await read()).toEqual({ generation: 1, sum: 20, total: 20 });
    await appendStreams(test_.store, 10);
    await projector.caughtUp();
    expect(await read()).toEqual({ generation: 1, sum: 30, total: 30 });
  });

  it('stops at an event that the fold refuses, and says which', async () => {
    await appendStreams(test_.store, 30);
    const failing = replay({}, tally({ refuses: (stream) => stream === 'order-9' }));
    await expect(failing).rejects.toBeInstanceOf(PoisonEventError);
    await expect(failing).rejects.toThrow(
      /cannot take the event at \d+ \(stream order-9\): cannot count order-9/,
    );
  });

  it('is refused while another is under way', async () => {
    await appendStreams(test_.store, 100);
    let second: Promise<unknown> | undefined;
    await replay({
      batchSize: 1,
      onProgress: () => {
        second ??= replay().catch((error) => error);
      },
    });
    expect(await second).toBeInstanceOf(ProjectionRequestError);
  });

  it('of an empty log gives an empty read model', async () => {
    await projector.caughtUp();
    const [result] = await replay({ switch: false });
    expect(result).toMatchObject({ events: 0, position: '', switched: false });
  });
});
