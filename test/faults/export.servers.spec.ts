import { setTimeout as delay } from 'node:timers/promises';
import { LogParts } from '../support/lake/log-parts';
import { describeReaders, type Readers, startReaders } from '../support/readers/readers';
import { LakeUnderFault } from './support/lake-under-fault';
import { ROUND_TIMEOUT_MS, rounds, slowRounds } from './support/rounds';

/**
 * A round kills at every 20th write and the next round at the writes after those, so 20 rounds kill at every
 * write.
 */
const STRIDE = 20;
/** Written one after the other, so that each is a cut. */
const PARTS = 3;
const PART = 10;
const PART_LIMITS = { ageMs: 100 };
/** The first writes of an exporter to a new lake: the identity, then each table with its hint. */
const FIRST_WRITES = 17;
/** Fewer than a cut of a part takes. */
const WRITES_OF_A_CUT = 20;

/** Fewer than it takes to tidy every table. */
const WRITES_OF_TIDYING = 60;

const KILLS = 3;
const BUSY_APPENDS = 4_000;
const BUSY_LIMITS = { events: 100, ageMs: 100 };
const FAULT_WITHIN_MS = 2_000;

describeReaders('a lake that the log is exported to', () => {
  let readers: Readers;
  let lake: LakeUnderFault;
  beforeAll(async () => {
    readers = await startReaders();
  });
  afterAll(() => readers.stop());
  beforeEach(async () => {
    lake = await LakeUnderFault.create();
  });
  afterEach(() => lake.remove());

  /**
   * Starts an exporter that is killed at one of its writes, while the log grows.
   * @returns whether it reached that write
   */
  async function exportUntilKilled(when: 'before' | 'after', write: number): Promise<boolean> {
    const log = new LogParts(PARTS * PART);
    const exporter = lake.startExporter({ limits: PART_LIMITS, fault: { signal: 'SIGKILL', when, write } });
    for (let part = 0; part < PARTS; part++) {
      await lake.write(log.next(PART));
      await lake.cutBy(exporter);
    }
    await exporter.endBy(exporter.struck ? 'SIGKILL' : 'SIGTERM');
    if (!exporter.struck) expect(exporter.end).toEqual({ exitCode: 0, signal: null });
    return exporter.struck;
  }

  describe.each(['before', 'after'] as const)('has each row once after kill -9 %s a write', (when) => {
    it.each(slowRounds)(
      `round $round: each ${STRIDE}th of a run`,
      async ({ round }) => {
        let kills = 0;
        for (let write = ((round - 1) % STRIDE) + 1; await exportUntilKilled(when, write); write += STRIDE) {
          kills += 1;
          await lake.expectExact(readers, `kill -9 of an export ${when} each of its writes in turn`);
          await lake.remove();
          lake = await LakeUnderFault.create();
        }
        expect(kills).toBeGreaterThan(0);
        await lake.expectExact(readers);
      },
      ROUND_TIMEOUT_MS,
    );
  });

  it.each(rounds)(
    `round $round: has each row once after ${KILLS} times kill -9 at any moment`,
    async () => {
      const writing = lake.write(new LogParts(BUSY_APPENDS).next(BUSY_APPENDS));
      for (let kill = 0; kill < KILLS; kill++) {
        const exporter = lake.startExporter({ limits: BUSY_LIMITS });
        await lake.atWork(exporter);
        await delay(Math.random() * FAULT_WITHIN_MS);
        await exporter.endBy('SIGKILL');
      }
      await writing;
      await lake.expectExact(readers, `kill -9 of an export at any moment (${KILLS} times)`);
    },
    ROUND_TIMEOUT_MS,
  );

  it.each(rounds)(
    'round $round: has each row once after kill -9 of an exporter that tidies',
    async () => {
      const log = new LogParts(10 * PART);
      const exporter = lake.startExporter({
        limits: PART_LIMITS,
        tidyEvery: 2,
        tidy: { minFiles: 2, keepSnapshots: 2 },
        fault: {
          signal: 'SIGKILL',
          when: atRandom(),
          from: '/compacted-',
          write: Math.ceil(Math.random() * WRITES_OF_TIDYING),
        },
      });
      while (!exporter.struck) {
        await lake.write(log.next(PART));
        await lake.cutBy(exporter);
      }
      await exporter.endBy('SIGKILL');
      await lake.expectExact(readers, 'kill -9 of an export that tidies its tables');
    },
    ROUND_TIMEOUT_MS,
  );

  it.each(rounds)(
    'round $round: has each row once after an exporter slept in mid-cut while another went on',
    async () => {
      const log = new LogParts(10 * PART);
      const stopped = lake.startExporter({
        limits: PART_LIMITS,
        fault: {
          signal: 'SIGSTOP',
          when: atRandom(),
          write: FIRST_WRITES + 1 + Math.ceil(Math.random() * WRITES_OF_A_CUT),
        },
      });
      await lake.write(log.next(PART));
      while (!stopped.struck) await delay(20);
      const other = lake.startExporter({ limits: PART_LIMITS });
      for (let part = 0; part < PARTS; part++) {
        await lake.write(log.next(PART));
        await lake.cutBy(other);
      }
      stopped.signal('SIGCONT');
      for (let part = 0; part < PARTS; part++) {
        await lake.write(log.next(PART));
        await lake.cutBy(other);
      }
      for (const exporter of [stopped, other]) await exporter.endBy('SIGTERM');
      expect([stopped, other].map(({ end }) => end?.exitCode)).toEqual([0, 0]);
      await lake.expectExact(readers, 'two exporters, one stopped in mid-cut and woken cuts later');
    },
    ROUND_TIMEOUT_MS,
  );
});

const atRandom = (): 'before' | 'after' => (Math.random() < 0.5 ? 'before' : 'after');
