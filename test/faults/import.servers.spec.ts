import { census, expectWholeLog, readHashes, readLog } from './support/census';
import { ROUND_TIMEOUT_MS, randomPoints, rounds, tell } from './support/rounds';
import { Sandbox } from './support/sandbox';
import { type ShopFile, writeShopFile } from './support/shop-file';

const DOCUMENTS = 2_000;
const KILLS = 3;
const EVENTS = 'SELECT max(position) FROM tidemark.events';

describe('an import that is killed', () => {
  let empty: Sandbox;
  let file: ShopFile;
  let hashes: Record<string, string>;

  beforeAll(async () => {
    empty = await Sandbox.create();
    file = await writeShopFile(empty.folder, DOCUMENTS);
    const clean = await Sandbox.create(empty);
    try {
      await clean.json(...file.arguments);
      await clean.json('replay', '--all', '--json');
      hashes = await readHashes(clean);
    } finally {
      await clean.remove();
    }
  }, ROUND_TIMEOUT_MS);
  afterAll(() => empty.remove());

  it.each(rounds)(
    'round $round: goes on where it was after kill -9 of $victims',
    async ({ database }) => {
      const sandbox = await Sandbox.create(empty);
      try {
        for (const events of randomPoints(KILLS, DOCUMENTS)) {
          const run = sandbox.start(...file.arguments);
          await sandbox.until(run, EVENTS, events);
          await sandbox.kill(run, { database });
        }
        const report = await sandbox.json<{ orders: number; creditNotes: number; alreadyThere: number }>(
          ...file.arguments,
        );
        expect(report.orders + report.creditNotes + report.alreadyThere).toBe(DOCUMENTS);

        const log = await readLog(sandbox);
        const { lost, doubled } = census(log, file.events);
        tell({
          fault: `kill -9 of an import (${KILLS} times)`,
          lost: lost.length,
          doubled: doubled.length,
        });
        expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
        expectWholeLog(log);
        await sandbox.json('replay', '--all', '--json');
        expect(await readHashes(sandbox)).toEqual(hashes);
      } finally {
        await sandbox.remove();
      }
    },
    ROUND_TIMEOUT_MS,
  );
});
