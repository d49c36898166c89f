import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { RecordedEvent } from '../../src/event-store/event';
import { expectAsRebuilt } from '../support/expect-as-rebuilt';
import { describeKafka } from '../support/kafka/suite';
import { NOTHING_WRONG, topicCensus } from '../support/kafka/whole-log';
import { mixedLog } from '../support/mixed-log';
import { startProgram } from '../support/program';
import { census } from './support/census';
import { FullSize, Writer } from './support/full-size';
import { expectSameAnswer, writeUntilKilled } from './support/requests';
import { ROUND_TIMEOUT_MS, ROUNDS, rounds, slowRounds, tell } from './support/rounds';

const PARTITIONS = 4;
const PROJECTORS = 2;
const SESSION_TIMEOUT_MS = 6_000;
/** The session of a stopped member ends within this time. */
const SESSION_OVER_MS = SESSION_TIMEOUT_MS + 1_500;
const FAULT_WITHIN_MS = 1_000;
const ORDERS_PER_ROUND = 4_000;

describeKafka(
  'the topics and the read models of the full size',
  () => {
    let full: FullSize;
    let writer: Writer;

    beforeAll(async () => {
      full = await FullSize.start(PARTITIONS, SESSION_TIMEOUT_MS);
      writer = new Writer(full.shop, mixedLog(ROUNDS * ORDERS_PER_ROUND));
      await writer.next();
      for (let i = 0; i < PROJECTORS; i++) full.startProjector();
      await full.caughtUp();
    }, ROUND_TIMEOUT_MS);
    afterAll(() => full.stop(), ROUND_TIMEOUT_MS);

    const aMoment = () => delay(Math.random() * FAULT_WITHIN_MS);

    /** Makes a fault while orders are appended. The appends go on for a while after it. */
    async function whileWriting(fault: () => Promise<void>): Promise<void> {
      // A projector without partitions is no loss.
      await full.partitionsDealt();
      writer.start();
      try {
        await aMoment();
        await fault();
        await aMoment();
      } finally {
        await writer.stop();
      }
    }

    /**
     * Waits until everything has arrived, then compares the topics with the log and the read models with a
     * rebuild.
     */
    async function expectExact(fault: string, found = { lost: 0, doubled: 0 }): Promise<void> {
      await full.caughtUp();
      const topics = await topicCensus(full.shop.store, full.kafka, PARTITIONS);
      tell({
        fault,
        lost: found.lost + topics.lost.length,
        doubled: found.doubled + topics.doubled.length,
      });
      expect(topics).toEqual(NOTHING_WRONG);
      await expectAsRebuilt(full.shop);
    }

    it.each(rounds)(
      'round $round: are exact after kill -9 of a projector, which is started again',
      async () => {
        await whileWriting(async () => {
          const victim = full.anyProjector();
          const exited = once(victim, 'exit');
          victim.kill('SIGKILL');
          await exited;
          await aMoment();
          full.startProjector();
        });
        await expectExact('kill -9 of a projector');
      },
      ROUND_TIMEOUT_MS,
    );

    it.each(slowRounds)(
      'round $round: are exact with a projector that is stopped past its session and woken',
      async () => {
        await whileWriting(async () => {
          const victim = full.anyProjector();
          victim.kill('SIGSTOP');
          await delay(SESSION_OVER_MS);
          victim.kill('SIGCONT');
        });
        await expectExact('a projector stopped past its session and woken');
      },
      ROUND_TIMEOUT_MS,
    );

    it.each(slowRounds)(
      'round $round: are exact after kill -9 of the broker',
      async () => {
        await whileWriting(() => full.broker.restart());
        await expectExact('kill -9 of the broker, with projectors');
      },
      ROUND_TIMEOUT_MS,
    );

    it.each(rounds)(
      'round $round: are exact after kill -9 of Postgres',
      async () => {
        await whileWriting(() => full.restartDatabase());
        await expectExact('kill -9 of Postgres, with bridge and projectors');
      },
      ROUND_TIMEOUT_MS,
    );

    it.each(rounds)(
      'round $round: are exact after kill -9 of an API process, whose requests are sent again',
      async ({ round }) => {
        const idPrefix = `api${round}x`;
        const first = await startProgram(full.environment, ['--roles', 'api']);
        const requests = await writeUntilKilled(
          first.url,
          () =>
            whileWriting(async () => {
              await first.end('SIGKILL');
            }),
          idPrefix,
        );
        const acknowledged = requests.filter(({ answer }) => answer);
        expect(acknowledged.length).toBeGreaterThan(0);

        const second = await startProgram(full.environment, ['--roles', 'api']);
        try {
          const names = (await readLog(`order-${idPrefix}`)).map(({ stream, type }) => `${stream} ${type}`);
          expect(acknowledged.filter(({ event }) => !names.includes(event))).toEqual([]);
          for (const request of requests) await expectSameAnswer(second.url, request, names);
        } finally {
          expect((await second.end()).exitCode).toBe(0);
        }
        const { lost, doubled } = census(
          await readLog(`order-${idPrefix}`),
          new Set(requests.map(({ event }) => event)),
        );
        await expectExact('kill -9 of an API process, with bridge and projectors', {
          lost: lost.length,
          doubled: doubled.length,
        });
        expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
      },
      ROUND_TIMEOUT_MS,
    );

    /** The events of the streams with this prefix. */
    async function readLog(prefix: string): Promise<RecordedEvent[]> {
      const events: RecordedEvent[] = [];
      for await (const batch of full.shop.store.readAll(null))
        events.push(...batch.events.filter(({ stream }) => stream.startsWith(prefix)));
      return events;
    }
  },
  { needsJars: true },
);
