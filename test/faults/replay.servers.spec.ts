import { setTimeout as delay } from 'node:timers/promises';
import type { Rebuilt } from '../../src/projections/rebuild/rebuild';
import { census, readBuilds, readHashes, readLog } from './support/census';
import { ROUND_TIMEOUT_MS, randomPoints, rounds, tell } from './support/rounds';
import { Sandbox } from './support/sandbox';
import { type ShopFile, writeShopFile } from './support/shop-file';

const DOCUMENTS = 2_000;
const REPLAY = ['replay', '--all', '--batch-size', '20', '--json'];
const KILLS = 3;
/** the position of the build that has read furthest */
const REACHED = `
  SELECT max(nullif(position, '')::numeric) FROM tidemark.generations WHERE status = 'building'`;
/** how many builds have read everything, and have their keys and indexes still before them */
const COMPLETING = `
  SELECT count(*) FROM tidemark.generations
   WHERE status = 'building' AND NOT indexed
     AND nullif(position, '')::numeric = (SELECT max(position) FROM tidemark.events)`;
/** All tables of the builds are completed within this. */
const COMPLETED_AFTER_MS = 400;

describe('a replay that is killed', () => {
  let imported: Sandbox;
  let file: ShopFile;
  let hashes: Record<string, string>;

  beforeAll(async () => {
    imported = await Sandbox.create();
    file = await writeShopFile(imported.folder, DOCUMENTS);
    await imported.json(...file.arguments);
    const clean = await Sandbox.create(imported);
    try {
      await clean.json(...REPLAY);
      hashes = await readHashes(clean);
    } finally {
      await clean.remove();
    }
  }, ROUND_TIMEOUT_MS);
  afterAll(() => imported.remove());

  it.each(rounds)(
    'round $round: goes on where it was after kill -9 of $victims',
    async ({ database }) => {
      const sandbox = await Sandbox.create(imported);
      try {
        let reached = new Map<string, { generation: number; position: string }>();
        const moments = [
          ...randomPoints(KILLS, DOCUMENTS).map((events) => ({ query: REACHED, value: events, waitMs: 0 })),
          { query: COMPLETING, value: 1, waitMs: Math.random() * COMPLETED_AFTER_MS },
        ];
        for (const { query, value, waitMs } of moments) {
          const run = sandbox.start(...REPLAY);
          await sandbox.until(run, query, value);
          await Promise.race([delay(waitMs), run.ended]);
          await sandbox.kill(run, { database });
          const builds = new Map((await readBuilds(sandbox)).map((build) => [build.projection, build]));
          for (const [projection, { generation, position }] of builds) {
            const before = reached.get(projection);
            // The same build, and what it had committed is still there.
            if (before?.generation === generation) expect(position >= before.position).toBe(true);
          }
          reached = builds;
        }
        const { projections } = await sandbox.json<{ projections: Rebuilt[] }>(...REPLAY);
        for (const { projection, generation, resumed, switched } of projections) {
          const build = reached.get(projection);
          expect({ projection, resumed, switched }).toEqual({
            projection,
            resumed: build !== undefined,
            switched: true,
          });
          if (build) expect(generation).toBe(build.generation);
        }
        const found = await readHashes(sandbox);
        const { lost, doubled } = census(await readLog(sandbox), file.events);
        tell({
          fault: `kill -9 of a replay (${KILLS} times, and once while its tables are completed)`,
          lost: lost.length,
          doubled: doubled.length,
        });
        expect(found).toEqual(hashes);
        expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
      } finally {
        await sandbox.remove();
      }
    },
    ROUND_TIMEOUT_MS,
  );
});
