import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../support/lake/fault';
import { LogParts } from '../support/lake/log-parts';
import { maintain, type Task } from '../support/lake/maintain';
import { Victim } from '../support/lake/victim';
import { describeReaders, type Readers, startReaders } from '../support/readers/readers';
import { LakeUnderFault } from './support/lake-under-fault';
import { ROUND_TIMEOUT_MS, slowRounds } from './support/rounds';

/** A round kills at every 20th write or delete, and the next round at the ones after those. */
const STRIDE = 20;
const CUTS = 3;
const PART = 10;
const LIMITS = { ageMs: 100 };
/** Appends during the fault, and the time between them. */
const PIECE = 2;
const PAUSE_MS = 50;

describeReaders('the maintenance of a lake, while the log is exported to it', () => {
  let readers: Readers;
  let shop: LakeUnderFault;
  let log: LogParts;
  beforeAll(async () => {
    readers = await startReaders();
  });
  afterAll(() => readers.stop());
  beforeEach(async () => {
    shop = await LakeUnderFault.create();
    log = new LogParts(3_000);
  });
  afterEach(() => shop.remove());

  const inFolder = (name: string) => join(shop.lake.folder, name);

  const maintainHere = (task: Task) => maintain(task, shop.lake.catalog(), inFolder('maintenance'));

  /** A lake of several cuts. Some are compacted, so that an expiry also deletes data files. */
  async function fillLake(task: Task): Promise<void> {
    for (let cut = 0; cut < CUTS; cut++) {
      await shop.write(log.next(PART));
      await shop.lake.export(shop.shop.store);
    }
    if (task === 'expire') await maintainHere('compact');
    await cp(inFolder('lake'), inFolder('filled'), { recursive: true });
  }

  /**
   * Runs the task in a process that is killed at one of its writes, while the log grows.
   * @returns whether it reached that write
   */
  async function maintainUntilKilled(task: Task, write: number): Promise<boolean> {
    const { folder, options } = shop.lake;
    const fault: Fault = { signal: 'SIGKILL', when: Math.random() < 0.5 ? 'before' : 'after', write };
    const victim = shop.watch(Victim.maintenance({ folder, lake: options, task, fault }));
    while (!victim.end) {
      await shop.write(log.next(PIECE));
      await delay(PAUSE_MS);
    }
    if (!victim.struck) expect(victim.end).toEqual({ exitCode: 0, signal: null });
    return victim.struck;
  }

  describe.each(['compact', 'expire'] as const)(
    'has each row once after kill -9 of a process that does %s',
    (task) => {
      it.each(slowRounds)(
        `round $round: at each ${STRIDE}th of its writes and deletes`,
        async ({ round }) => {
          await fillLake(task);
          const killedAt = async (write: number) => {
            await rm(inFolder('lake'), { recursive: true });
            await cp(inFolder('filled'), inFolder('lake'), { recursive: true });
            return shop.lake.whileFollowing(shop.shop.store, { limits: LIMITS }, async () => {
              const struck = await maintainUntilKilled(task, write);
              await maintainHere(task);
              return struck;
            });
          };
          let kills = 0;
          for (let write = ((round - 1) % STRIDE) + 1; await killedAt(write); write += STRIDE) {
            kills += 1;
            await shop.expectExact(readers, `kill -9 of ${NAMES[task]} at each of its writes in turn`);
          }
          expect(kills).toBeGreaterThan(0);
          await shop.expectExact(readers);
        },
        ROUND_TIMEOUT_MS,
      );
    },
  );
});

const NAMES = { compact: 'a compaction', expire: 'an expiry' };
