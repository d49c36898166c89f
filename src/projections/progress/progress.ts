import type { Pool } from 'pg';
import type { Position } from '../../event-store/position';
import type { Listener } from '../../postgres/listener';
import { ADVANCE_CHANNEL, type Advance, parseAdvances } from './advance';
import type { PartitionKey } from './consistency-token';
import { KnownPartitions } from './known-partitions';
import { type PublishedPosition, type PublishedProjection, readPublished } from './read-published';

/** A notification may be lost: then the news is later by this much at most. */
const POLL_MS = 1_000;

interface Known extends PublishedPosition {
  partitions: KnownPartitions;
}

/** Everything up to `position` is waited for, or with a `key` everything of its partition up to there. */
interface Wanted {
  position: Position;
  key?: PartitionKey;
}

interface Waiter extends Wanted {
  wake: () => void;
}

/**
 * How far the read models are, as a process knows it that does not project itself. It hears the notifications
 * of the projectors, wherever those run, and polls in case one was lost. A position is announced only after
 * its rows are committed.
 */
export class ProjectionProgress {
  private readonly known = new Map<string, Known>();
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

  /** Ends it. Whoever still waits is told that the position was not reached. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.unlisten?.();
    await this.polling;
    for (const waiters of this.waiters.values()) for (const waiter of waiters) waiter.wake();
    this.callbacks.clear();
  }

  /** How far the published generation of a projection is; undefined while none is known. */
  current(projection: string): PublishedPosition | undefined {
    return this.known.get(projection);
  }

  /** Does Kafka feed a published generation, so that a token should tell the partition of its write? */
  get knowsPartitions(): boolean {
    for (const { partitions } of this.known.values()) if (partitions.any) return true;
    return false;
  }

  /**
   * Waits until a read model shows everything up to `position`, or with a `key` everything of that key's
   * partition up to there. The key does not matter where the event store feeds the read model.
   * @returns whether it does; false on time-out, abort or stop
   */
  async waitFor(
    projection: string,
    position: Position,
    options: { timeoutMs: number; signal?: AbortSignal; key?: PartitionKey },
  ): Promise<boolean> {
    const { timeoutMs, signal, key } = options;
    if (this.hasPassed(projection, { position, key })) return true;
    if (signal?.aborted) return false;
    const waiters = this.waiters.get(projection) ?? new Set();
    this.waiters.set(projection, waiters);
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        waiters.delete(waiter);
        resolve();
      };
      const waiter: Waiter = { position, key, wake };
      const timer = setTimeout(wake, timeoutMs);
      signal?.addEventListener('abort', wake, { once: true });
      waiters.add(waiter);
    });
    return this.hasPassed(projection, { position, key });
  }

  /**
   * Calls back after each advance or switch of a projection. The callback must not throw.
   * @returns a function that ends it
   */
  onAdvance(projection: string, callback: () => void): () => void {
    const callbacks = this.callbacks.get(projection) ?? new Set();
    this.callbacks.set(projection, callbacks.add(callback));
    return () => callbacks.delete(callback);
  }

  private hasPassed(projection: string, { position, key }: Wanted): boolean {
    const known = this.known.get(projection);
    if (known === undefined) return false;
    return known.position >= position || (key !== undefined && known.partitions.passed(key, position));
  }

  private hear(payload: string): void {
    for (const advance of parseAdvances(payload)) {
      this.learn(advance.projection, advance);
      this.hearPartitions(advance);
    }
  }

  private hearPartitions({ projection, generation, partitions = [] }: Advance): void {
    const known = this.known.get(projection);
    if (generation !== known?.generation || partitions.length === 0) return;
    const heard = partitions.map((moved) => known.partitions.hear(moved));
    // A partition that is not known yet: only the table has all of them.
    if (heard.includes(false)) void this.poll();
    this.wakeWaiters(projection);
  }

  /** Takes a position for the newest, unless a newer one is known: notifications may come late. */
  private learn(projection: string, found: PublishedPosition): void {
    const known = this.known.get(projection);
    const isNews =
      !known ||
      found.generation > known.generation ||
      (found.generation === known.generation && found.position > known.position);
    if (isNews) this.replace(projection, found);
  }

  private replace(projection: string, { generation, position, recordedAt }: PublishedPosition): void {
    const known = this.known.get(projection);
    const partitions = known?.generation === generation ? known.partitions : new KnownPartitions();
    this.known.set(projection, { generation, position, recordedAt, partitions });
    this.wakeWaiters(projection);
    for (const callback of this.callbacks.get(projection) ?? []) callback();
  }

  private wakeWaiters(projection: string): void {
    for (const waiter of this.waiters.get(projection) ?? [])
      if (this.hasPassed(projection, waiter)) waiter.wake();
  }

  private poll(): Promise<void> {
    this.polling ??= readPublished(this.options.pool)
      .then((all) => {
        for (const published of all) this.read(published);
      })
      // The database is away: what is known stays known, and the next poll asks again.
      .catch(() => {})
      .finally(() => {
        this.polling = undefined;
      });
    return this.polling;
  }

  /** Takes what the table has. */
  private read({ projection, partitions, ...published }: PublishedProjection): void {
    const before = this.known.get(projection);
    // After a rollback a lower generation is published: only the table tells that from a late notification.
    if (before && published.generation < before.generation) this.replace(projection, published);
    else this.learn(projection, published);
    const known = this.known.get(projection);
    // A switch was heard of since the table was read.
    if (published.generation !== known?.generation) return;
    known.partitions.read(partitions);
    this.wakeWaiters(projection);
  }
}
