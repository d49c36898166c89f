import type { Pool } from 'pg';
import type { Position } from '../../event-store/position';
import type { Listener } from '../../postgres/listener';
import { ADVANCE_CHANNEL, type Advance } from './advance';
import type { PartitionKey } from './consistency-token';
import { KnownPartitions, type PositionsByTopic } from './known-partitions';

/** Notifications are hints; where one is lost, this is how long the news takes at most. */
const POLL_MS = 1_000;

/** How far the published generation of a projection has read the log. */
export interface PublishedPosition {
  position: Position;
  /** when the event at `position` was recorded, Unix milliseconds; null before the first event */
  recordedAt: number | null;
  generation: number;
}

interface Known extends PublishedPosition {
  partitions: KnownPartitions;
}

interface Waiter {
  position: Position;
  key?: PartitionKey;
  wake: () => void;
}

/** One statement: one statement is one snapshot. */
const READ_PUBLISHED = `
SELECT p.projection, p.generation, p.position, p.recorded_at,
       (SELECT json_object_agg(topic, positions)
          FROM (SELECT topic, json_agg(position ORDER BY partition) AS positions
                  FROM tidemark.partition_checkpoints c
                 WHERE c.projection = p.projection AND c.generation = p.generation GROUP BY topic) t) AS partitions
  FROM read.projections p`;

/**
 * What an API process knows of the projectors' progress, wherever they run: it hears their notifications, and
 * polls in case one was lost. A position is announced only after its rows are committed.
 */
export class ProjectionProgress {
  private readonly published = new Map<string, Known>();
  private readonly waiters = new Map<string, Set<Waiter>>();
  private readonly callbacks = new Map<string, Set<() => void>>();
  private unlisten: (() => Promise<void>) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private polling: Promise<void> | undefined;

  constructor(private readonly options: { pool: Pool; listener: Listener }) {}

  async start(): Promise<void> {
    this.unlisten = await this.options.listener.listen(
      ADVANCE_CHANNEL,
      (payload) => this.hear(payload),
      () => void this.poll(),
    );
    this.timer = setInterval(() => void this.poll(), POLL_MS);
    this.timer.unref();
    await this.poll();
  }

  /** Ends it; whoever still waits is answered that the position was not reached. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.unlisten?.();
    await this.polling;
    for (const waiters of this.waiters.values()) for (const waiter of waiters) waiter.wake();
    this.callbacks.clear();
  }

  current(projection: string): PublishedPosition | undefined {
    return this.published.get(projection);
  }

  /** Does Kafka feed a published generation, so that a token should tell the partition of its write? */
  get knowsPartitions(): boolean {
    for (const { partitions } of this.published.values()) if (partitions.any) return true;
    return false;
  }

  /**
   * Waits until the read model shows everything up to `position`, or with a `key` everything up to there of
   * that key's partition: true then, false on time-out, abort or stop. Without partitions the key does not
   * matter.
   */
  async waitFor(
    projection: string,
    position: Position,
    options: { timeoutMs: number; signal?: AbortSignal; key?: PartitionKey },
  ): Promise<boolean> {
    const { key } = options;
    if (this.hasPassed(projection, { position, key })) return true;
    if (options.signal?.aborted) return false;
    const waiters = this.waiters.get(projection) ?? new Set();
    this.waiters.set(projection, waiters);
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', wake);
        waiters.delete(waiter);
        resolve();
      };
      const waiter: Waiter = { position, key, wake };
      const timer = setTimeout(wake, options.timeoutMs);
      options.signal?.addEventListener('abort', wake, { once: true });
      waiters.add(waiter);
    });
    return this.hasPassed(projection, { position, key });
  }

  /**
   * Calls back after each advance or switch of a projection. Returns what ends it. The callback must not
   * throw.
   */
  onAdvance(projection: string, callback: () => void): () => void {
    const callbacks = this.callbacks.get(projection) ?? new Set();
    this.callbacks.set(projection, callbacks.add(callback));
    return () => callbacks.delete(callback);
  }

  private hasPassed(projection: string, { position, key }: Omit<Waiter, 'wake'>): boolean {
    const known = this.published.get(projection);
    if (known === undefined) return false;
    return known.position >= position || (key !== undefined && known.partitions.passed(key, position));
  }

  private hear(payload: string): void {
    for (const advance of parseAdvances(payload)) {
      this.learn(advance);
      this.hearPartitions(advance);
    }
  }

  private hearPartitions({ projection, generation, partitions = [] }: Advance): void {
    const known = this.published.get(projection);
    if (generation !== known?.generation || partitions.length === 0) return;
    const heard = partitions.map((moved) => known.partitions.hear(moved));
    // Only the table has all of them.
    if (heard.includes(false)) void this.poll();
    this.wakeWaiters(projection);
  }

  private learn({ projection, generation, position, recordedAt }: Omit<Advance, 'partitions'>): void {
    const known = this.published.get(projection);
    const isNews =
      !known ||
      generation > known.generation ||
      (generation === known.generation && position > known.position);
    if (isNews) this.publish(projection, { generation, position, recordedAt });
  }

  private publish(projection: string, published: PublishedPosition): void {
    const known = this.published.get(projection);
    const partitions = known?.generation === published.generation ? known.partitions : new KnownPartitions();
    this.published.set(projection, { ...published, partitions });
    this.wakeWaiters(projection);
    for (const callback of this.callbacks.get(projection) ?? []) callback();
  }

  private wakeWaiters(projection: string): void {
    for (const waiter of this.waiters.get(projection) ?? [])
      if (this.hasPassed(projection, waiter)) waiter.wake();
  }

  private poll(): Promise<void> {
    this.polling ??= this.readAll()
      // The database is away: what is known stays known, and the next poll asks again.
      .catch(() => {})
      .finally(() => {
        this.polling = undefined;
      });
    return this.polling;
  }

  private async readAll(): Promise<void> {
    const { rows } = await this.options.pool.query<{
      projection: string;
      generation: number;
      position: string;
      recorded_at: Date | null;
      partitions: PositionsByTopic | null;
    }>(READ_PUBLISHED);
    for (const { projection, generation, position, recorded_at, partitions } of rows) {
      const known = this.published.get(projection);
      const recordedAt = recorded_at?.getTime() ?? null;
      // A rollback publishes a lower generation: only the table can say so, a late notification could not be
      // told from it.
      if (known && generation < known.generation)
        this.publish(projection, { generation, position, recordedAt });
      else this.learn({ projection, generation, position, recordedAt });
      this.readPartitions(projection, generation, partitions ?? {});
    }
  }

  private readPartitions(projection: string, generation: number, table: PositionsByTopic): void {
    const known = this.published.get(projection);
    // A switch was heard of since the table was read.
    if (generation !== known?.generation) return;
    known.partitions.read(table);
    this.wakeWaiters(projection);
  }
}

/**
 * Anybody who may connect may notify on the channel. What is no message of ours tells nothing, and must not
 * end the process.
 */
function parseAdvances(payload: string): Advance[] {
  try {
    const advances: unknown = JSON.parse(payload);
    return Array.isArray(advances)
      ? advances.filter((advance) => typeof advance?.projection === 'string')
      : [];
  } catch {
    return [];
  }
}
