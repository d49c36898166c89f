import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { breakRows, mendRows } from './support/broken-rows';
import { census, contents, expectWholeLog, readHashes, readLog } from './support/census';
import { ROUND_TIMEOUT_MS, randomPoints, rounds, tell } from './support/rounds';
import { Sandbox } from './support/sandbox';
import { type ShopFile, writeShopFile } from './support/shop-file';

const DOCUMENTS = 2_000;
const KILLS = 3;
const BROKEN_EVERY = 20;
/** what the command ends with where rows were rejected */
const REJECTED = 3;

const EVENTS = 'SELECT max(position) FROM tidemark.events';

interface Counts {
  orders: number;
  creditNotes: number;
  alreadyThere: number;
  leftOut: number;
}

describe('an import that is killed', () => {
  let empty: Sandbox;
  let file: ShopFile;
  let hashes: Record<string, string>;
  let orders: Map<string, string>;

  beforeAll(async () => {
    empty = await Sandbox.create();
    file = await writeShopFile(empty.folder, DOCUMENTS);
    const clean = await Sandbox.create(empty);
    try {
      await clean.json(...file.arguments);
      orders = contents(await readLog(clean));
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
        await killed(sandbox, file.arguments, 0, database);
        const report = await sandbox.json<Counts>(...file.arguments);
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

  it.each(rounds)(
    'round $round: has the same orders after kill -9 of $victims, mended rejects, and all of it again',
    async ({ database }) => {
      const sandbox = await Sandbox.create(empty);
      try {
        const broken = join(sandbox.folder, 'broken.csv');
        const rejects = join(sandbox.folder, 'rejects.csv');
        const mended = join(sandbox.folder, 'mended.csv');
        await writeFile(broken, breakRows(await readFile(file.path, 'utf8'), BROKEN_EVERY));
        const whole = file.arguments.map((argument) => (argument === file.path ? broken : argument));
        const part = file.arguments.map((argument) => (argument === file.path ? mended : argument));

        await killed(sandbox, whole, 0, database);
        // Orders with a refused row are left out, whatever was killed before.
        const { exitCode, stdout } = await sandbox.start(...whole, '--rejects', rejects).ended;
        const { leftOut } = JSON.parse(stdout) as Counts;
        expect({ exitCode, some: leftOut > 0 }).toEqual({ exitCode: REJECTED, some: true });
        await writeFile(mended, mendRows(await readFile(rejects, 'utf8')));
        await killed(sandbox, part, DOCUMENTS - leftOut, database);
        await sandbox.json(...part);

        const log = await readLog(sandbox);
        const { lost, doubled } = census(log, file.events);
        const fault = `kill -9 of an import of a broken file and of its mended rejects (${KILLS} times each)`;
        tell({ fault, lost: lost.length, doubled: doubled.length });
        expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
        expectWholeLog(log);
        expect(contents(log)).toEqual(orders);

        const again = await sandbox.json<Counts>(...file.arguments);
        expect(again).toMatchObject({ orders: 0, creditNotes: 0, leftOut: 0, alreadyThere: DOCUMENTS });
      } finally {
        await sandbox.remove();
      }
    },
    ROUND_TIMEOUT_MS,
  );
});

/** Kills an import several times. @param events that are in the log before the first one */
async function killed(
  sandbox: Sandbox,
  command: readonly string[],
  events: number,
  database: boolean,
): Promise<void> {
  for (const point of randomPoints(KILLS, DOCUMENTS - events)) {
    const run = sandbox.start(...command);
    await sandbox.until(run, EVENTS, events + point);
    await sandbox.kill(run, { database });
  }
}
