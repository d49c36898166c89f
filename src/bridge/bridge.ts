import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { Backoff } from '../concurrency/backoff';
import { pause } from '../concurrency/pause';
import { unlessAborted } from '../concurrency/unless-aborted';
import { ForeignPositionError } from '../event-store/errors';
import type { EventStore } from '../event-store/event-store';
import { type Position, START } from '../event-store/position';
import { type ConnectionLimits, type KafkaConnection, openKafka, withKafka } from '../kafka/connection';
import type { KafkaOptions, TopicOptions } from '../kafka/kafka-options';
import { sourceOf } from '../kafka/record';
import { ensureTopics } from '../kafka/topics';
import type { Listener } from '../postgres/listener';
import { BridgeBlockedError, LeaseLostError } from './errors';
import { follow, TogetherTooLargeError } from './follow';
import { Lease } from './lease';
import type { BridgeState } from './lease-row';
import { Publication } from './publication';
import { settleTopicCounts } from './topic-counts';

const LEASE_TERM_MS = 10_000;
const RETRY_PAUSES = { firstMs: 100, longestMs: 2_000 };
const BLOCKED_RETRY_MS = 30_000;

export interface BridgeOptions extends ConnectionLimits {
  kafka: KafkaOptions;
  topics: TopicOptions;
  store: EventStore;
  pool: Pool;
  listener: Listener;
  logger: Logger;
  /** another bridge takes over after this one was silent for so long; milliseconds, default 10,000 */
  leaseTermMs?: number;
  /** the pause between attempts while an operator has to fix something; milliseconds, default 30,000 */
  blockedRetryMs?: number;
  /**
   * a partition gets a record or a tick at least this often while the log moves; milliseconds, default 500
   */
  tickMs?: number;
}

export interface Bridge {
  /** what it does now; `standby` while another process holds the lease */
  readonly state: BridgeState | 'standby';
  /** why it is in that state; null where it is well */
  readonly reason: string | null;
  stop(): Promise<void>;
}

/**
 * Carries the log of the event store to Kafka: each event once, in the order of its stream, whichever process
 * dies. One bridge of a database is at work, the others stand by. It never gives up after a failure, and logs
 * each change of its state once.
 *
 * In the words of this folder, the holder of the lease opens a publication, which fences former bridges off
 * and finds the tail of every partition: how far the partition has the log. From the lowest tail on it reads
 * the log, cuts it into steps, and sends one step after the other. After an error it opens a new publication.
 */
export function startBridge(options: BridgeOptions): Bridge {
  const bridge = new LiveBridge(options);
  const running = bridge.run();
  return {
    get state() {
      return bridge.state;
    },
    get reason() {
      return bridge.reason;
    },
    async stop() {
      bridge.stop();
      await running;
    },
  };
}

class LiveBridge {
  state: BridgeState | 'standby' = 'standby';
  reason: string | null = null;
  private readonly stopping = new AbortController();
  private carefulUntil: Position = START;

  constructor(private readonly options: BridgeOptions) {}

  stop(): void {
    this.stopping.abort();
  }

  async run(): Promise<void> {
    const { pool, listener, leaseTermMs: termMs = LEASE_TERM_MS } = this.options;
    while (!this.stopping.signal.aborted) {
      this.become('standby', null);
      const lease = await Lease.acquire({ pool, listener, termMs }, this.stopping.signal);
      if (lease === null) return;
      try {
        await this.lead(lease);
      } finally {
        await lease.release();
      }
    }
  }

  /** Carries the log, again after every failure, until the lease is lost or the bridge is stopped. */
  private async lead(lease: Lease): Promise<void> {
    const over = AbortSignal.any([this.stopping.signal, lease.lost]);
    this.become('connecting', null, lease);
    const backoff = new Backoff(RETRY_PAUSES);
    while (!over.aborted) {
      try {
        await this.carry(lease, over, () => backoff.reset());
      } catch (error) {
        if (over.aborted) return;
        if (error instanceof LeaseLostError) {
          this.options.logger.warn({ reason: error.message }, 'bridge: the lease is lost');
          return;
        }
        if (error instanceof TogetherTooLargeError) {
          this.carefulUntil = error.through;
        } else if (error instanceof BridgeBlockedError || error instanceof ForeignPositionError) {
          this.become('blocked', error.message, lease);
          await pause(this.options.blockedRetryMs ?? BLOCKED_RETRY_MS, over);
        } else {
          this.become('unreachable', (error as Error).message, lease);
          await backoff.wait(over);
        }
      }
    }
  }

  /** Opens a publication and follows the log until something fails or `over` aborts. */
  private async carry(lease: Lease, over: AbortSignal, onWell: () => void): Promise<void> {
    const { kafka, logger, store } = this.options;
    const opened = await openUnlessAborted(openKafka(kafka, logger, this.options), over);
    await withKafka(opened, over, async (connection) => {
      const source = sourceOf(await store.identity());
      const publication = await this.open(connection, lease, source);
      await follow({
        store,
        publication,
        source,
        carefulUntil: this.carefulUntil,
        signal: over,
        onPublished: (through) => {
          lease.confirm(through);
          if (this.state === 'blocked' && through < this.carefulUntil) return;
          onWell();
          this.become('publishing', null, lease);
        },
      });
    });
  }

  private async open(
    { admin, partitions }: KafkaConnection,
    lease: Lease,
    source: string,
  ): Promise<Publication> {
    const { kafka, topics: wanted, pool, logger, tickMs } = this.options;
    const found = await ensureTopics(admin, kafka.topicPrefix, wanted);
    const topics = await settleTopicCounts(pool, found, logger);
    const publication = await Publication.open({ client: partitions, lease, source, topics, tickMs });
    logger.debug({ epoch: lease.epoch, from: publication.lowest }, 'bridge: recovered from the tails');
    // A former bridge may have died before it confirmed this, and no further event may come to confirm it.
    lease.confirm(publication.lowest);
    // A refused event still blocks the bridge until the topic has taken it.
    const isUnblocked = this.state !== 'blocked' || publication.lowest >= this.carefulUntil;
    if (isUnblocked) this.become('publishing', null, lease);
    return publication;
  }

  private become(state: BridgeState | 'standby', reason: string | null, lease?: Lease): void {
    if (state !== 'standby') lease?.report(state, reason);
    const isNew = state !== this.state || (state === 'blocked' && reason !== this.reason);
    this.state = state;
    this.reason = reason;
    if (!isNew) return;
    const { logger } = this.options;
    const entry = { state, epoch: lease?.epoch, reason: reason ?? undefined };
    if (state === 'blocked') logger.error(entry, 'bridge: cannot go on');
    else if (state === 'unreachable') logger.warn(entry, 'bridge: Kafka cannot be used now, trying again');
    else logger.info(entry, `bridge: ${state}`);
  }
}

/** Waits for the connection to open. Where `signal` aborts first, a connection that opens later is closed. */
async function openUnlessAborted(
  opening: Promise<KafkaConnection>,
  signal: AbortSignal,
): Promise<KafkaConnection> {
  try {
    return await unlessAborted(signal, opening);
  } catch (error) {
    opening.then((connection) => connection.close()).catch(() => {});
    throw error;
  }
}
