import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { keepTrying } from '../concurrency/keep-trying';
import { pause } from '../concurrency/pause';
import type { EventStore } from '../event-store/event-store';
import { START } from '../event-store/position';
import { type KafkaConnection, openKafka, withKafka } from '../kafka/connection';
import type { KafkaOptions } from '../kafka/kafka-options';
import { sourceOf } from '../kafka/record';
import { AGGREGATES_TOPIC } from '../kafka/topics';
import { AdvisoryLock } from '../postgres/advisory-lock';
import type { Listener } from '../postgres/listener';
import { createPool } from '../postgres/pool';
import { ADVANCE_CHANNEL } from '../projections/progress/advance';
import { AggregateCheckpoints } from './checkpoints';
import { type AggregateTopic, publishNext } from './publish-next';

const CONNECTIONS = 1;
/** Notifications are hints; where one is lost, this is how long the news takes at most. */
const POLL_MS = 1_000;
/**
 * The shortest pause between two rounds, so that an order that changes often is published once.
 */
const SHORTEST_PAUSE_MS = 200;
const TOPIC_WAIT_MS = 500;

export interface AggregatePublisherOptions {
  databaseUrl: string;
  listener: Listener;
  store: EventStore;
  kafka: KafkaOptions;
  logger: Logger;
}

export interface AggregatePublisher {
  /** Lets what is under way be acknowledged, for a moment, and ends. */
  stop(): Promise<void>;
}

/**
 * Publishes what changes in the published read models to topic `order-aggregates`: at least once, and each
 * kind of change in order of position. One publisher of a database is at work, the others stand by. What
 * fails is tried again for ever, with growing pauses.
 */
export function startAggregatePublisher(options: AggregatePublisherOptions): AggregatePublisher {
  const stopping = new AbortController();
  const running = new LivePublisher(options, stopping.signal).run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

class LivePublisher {
  constructor(
    private readonly options: AggregatePublisherOptions,
    private readonly stopping: AbortSignal,
  ) {}

  async run(): Promise<void> {
    const { databaseUrl, logger } = this.options;
    // A checkpoint that the disk never got only makes its changes come again.
    const pool = createPool({
      url: databaseUrl,
      max: CONNECTIONS,
      applicationName: 'tidemark aggregates',
      settings: { synchronous_commit: 'off' },
    });
    await keepTrying(this.stopping, (well) => this.lead(pool, well), {
      logger,
      failed: 'publishing aggregates failed',
      overtaken: 'aggregates moved, starting from their checkpoints',
    });
    await pool.end();
  }

  /** Waits for the leadership and keeps it until something fails or it is lost. */
  private async lead(pool: Pool, well: () => void): Promise<void> {
    const { databaseUrl, kafka, logger } = this.options;
    const lock = await AdvisoryLock.acquire(databaseUrl, 'tidemark aggregates', this.stopping);
    if (!lock) return;
    const lost = new AbortController();
    lock.onLost(() => lost.abort());
    const over = AbortSignal.any([this.stopping, lost.signal]);
    try {
      const opened = await openKafka(kafka, logger);
      await withKafka(opened, over, (connection) => this.follow(pool, connection, over, well));
    } finally {
      await lock.release();
    }
  }

  private async follow(
    pool: Pool,
    connection: KafkaConnection,
    over: AbortSignal,
    well: () => void,
  ): Promise<void> {
    const { store, listener, kafka, logger } = this.options;
    const name = kafka.topicPrefix + AGGREGATES_TOPIC;
    // The bridge makes the topics when it runs for the first time.
    while (!over.aborted && !(await connection.admin.listTopics()).includes(name))
      await pause(TOPIC_WAIT_MS, over);
    if (over.aborted) return;
    const identity = await store.identity();
    const head = (await store.head())?.position ?? START;
    const checkpoints = await AggregateCheckpoints.load(pool, identity, head, (kinds) =>
      logger.warn({ kinds }, 'the log ends before what was published of it: publishing all aggregates again'),
    );
    const producer = await connection.openProducer();
    const topic: AggregateTopic = { name, producer, source: sourceOf(identity) };
    let wake = () => {};
    const listening = listener.listen(ADVANCE_CHANNEL, () => wake());
    // It polls as well, so that nothing depends on the notification.
    listening.catch(() => {});
    try {
      while (!over.aborted) {
        const woken = new AbortController();
        wake = () => woken.abort();
        const isMore = await publishNext({ pool, store }, checkpoints, topic);
        well();
        if (isMore) continue;
        await pause(SHORTEST_PAUSE_MS, over);
        await pause(POLL_MS, AbortSignal.any([over, woken.signal]));
      }
    } finally {
      void listening.then((stop) => stop()).catch(() => {});
    }
  }
}
