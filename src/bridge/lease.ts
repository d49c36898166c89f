import { hostname } from 'node:os';
import type { Pool } from 'pg';
import { pause } from '../concurrency/pause';
import type { Position } from '../event-store/position';
import { LAST_PRODUCER_EPOCH, type ProducerIdentity } from '../kafka/partition-client';
import type { Listener } from '../postgres/listener';
import { LeaseLostError } from './errors';
import {
  type BridgeState,
  type HolderReport,
  LEASE_FREE_CHANNEL,
  type LeaseUpdate,
  takeLease,
  updateLease,
} from './lease-row';

export interface LeaseOptions {
  pool: Pool;
  listener: Listener;
  /** how long the lease is valid without being renewed, milliseconds */
  termMs: number;
}

/** A standby looks at least this often whether the lease is free. */
const POLL_MS = 1_000;
/** The holder's report is written this often at most: a commit for every batch would cost too much. */
const REPORT_MS = 1_000;

/**
 * The lease: the right to write to the topics, held by one process at a time of all that share a database.
 * Other processes judge its term by the database's clock. The holder judges it by its own monotonic clock,
 * started before the database answered, so the holder always gives up first.
 *
 * The term only makes for an orderly change of hands. A holder that froze in the middle of a send and wakes
 * up later does not look at the lease first. Kafka keeps that one out by the producer's epoch.
 *
 * The epoch of the lease counts take-overs and recoveries. The epoch of the producer, which brokers compare,
 * is the lease's epoch minus the one at which the producer id was adopted.
 */
export class Lease {
  /** Aborts when the lease is lost or released. */
  readonly lost: AbortSignal;
  private readonly ending = new AbortController();
  private readonly renewing: Promise<void>;
  private heldEpoch: number;
  private adoptedId: string | null = null;
  private current: HolderReport;
  private written: HolderReport | undefined;
  private renewedAt: number;

  private constructor(
    private readonly options: LeaseOptions,
    private readonly holder: string,
    row: { epoch: number; confirmed: Position },
    takenAt: number,
  ) {
    this.lost = this.ending.signal;
    this.heldEpoch = row.epoch;
    this.current = { confirmed: row.confirmed, state: 'connecting', reason: null };
    this.renewedAt = takenAt;
    this.renewing = this.renewUntilLost();
  }

  /**
   * Waits until the lease is free and takes it. Tries again while the database cannot be reached.
   * @returns null when `signal` aborted first
   */
  static async acquire(options: LeaseOptions, signal: AbortSignal): Promise<Lease | null> {
    let wake = () => {};
    const listening = options.listener.listen(LEASE_FREE_CHANNEL, () => wake());
    // It polls as well, so that nothing depends on the notification.
    listening.catch(() => {});
    try {
      while (!signal.aborted) {
        const woken = new AbortController();
        wake = () => woken.abort();
        const lease = await Lease.take(options).catch(() => null);
        if (lease) return lease;
        await pause(Math.min(POLL_MS, options.termMs / 3), AbortSignal.any([signal, woken.signal]));
      }
      return null;
    } finally {
      void listening.then((stop) => stop()).catch(() => {});
    }
  }

  private static async take(options: LeaseOptions): Promise<Lease | null> {
    const holder = `${hostname()}:${process.pid}`;
    const begun = performance.now();
    const row = await takeLease(options.pool, holder, options.termMs);
    return row ? new Lease(options, holder, row, begun) : null;
  }

  get epoch(): number {
    return this.heldEpoch;
  }

  /** All topics have acknowledged the log up to here. */
  get confirmed(): Position {
    return this.current.confirmed;
  }

  /**
   * The Kafka producer id of this database's bridges, decimal, as of the last `nextProducer`; null: they have
   * none yet.
   */
  get producerId(): string | null {
    return this.adoptedId;
  }

  /** @throws LeaseLostError unless the lease is valid by our own clock */
  check(): void {
    if (this.lost.aborted || this.isOver()) throw new LeaseLostError('The lease of the bridge has run out');
  }

  /** Reports that all topics have acknowledged the log up to `position`. Written within a second. */
  confirm(position: Position): void {
    if (position > this.current.confirmed) this.current = { ...this.current, confirmed: position };
  }

  /** Reports what the holder does, and why. Written within a second. */
  report(state: BridgeState, reason: string | null): void {
    if (state !== this.current.state || reason !== this.current.reason)
      this.current = { ...this.current, state, reason };
  }

  /**
   * Raises the epoch.
   * @returns the identity to send under from now on; null when a producer id must be adopted first. The last
   *   epoch of an id is reserved for closing that id.
   * @throws LeaseLostError
   */
  async nextProducer(): Promise<ProducerIdentity | null> {
    const raised = await this.update<{ epoch: number; id: string | null; since: number | null }>({
      set: 'epoch = epoch + 1',
      returning: 'epoch, producer_id AS id, producer_since AS since',
    });
    this.heldEpoch = raised.epoch;
    this.adoptedId = raised.id;
    const epoch = raised.epoch - (raised.since ?? 0);
    return raised.id !== null && epoch < LAST_PRODUCER_EPOCH ? { id: raised.id, epoch } : null;
  }

  /**
   * Switches to a new producer id, whose epoch begins at 0. The former id must have been closed: a bridge
   * that still has it could write otherwise.
   * @throws LeaseLostError
   */
  async adopt(id: string): Promise<ProducerIdentity> {
    await this.update({ set: 'producer_id = $3, producer_since = epoch', values: [id], returning: 'epoch' });
    this.adoptedId = id;
    return { id, epoch: 0 };
  }

  /** Gives the lease up, so that a standby can take it at once. */
  async release(): Promise<void> {
    const wasHeld = !this.lost.aborted;
    this.ending.abort();
    await this.renewing;
    if (!wasHeld) return;
    await this.update({
      set: `holder = NULL, expires_at = '-infinity', confirmed = $3`,
      values: [this.confirmed],
      returning: `pg_notify('${LEASE_FREE_CHANNEL}', '')`,
    }).catch(() => {});
  }

  private async renewUntilLost(): Promise<void> {
    const { termMs } = this.options;
    const every = Math.min(REPORT_MS, termMs / 3);
    while (!this.lost.aborted) {
      await pause(every, this.lost);
      if (this.lost.aborted) return;
      try {
        const isDue = performance.now() - this.renewedAt >= termMs / 3 - every;
        if (isDue || this.written !== this.current) await this.renew();
        this.check();
      } catch (error) {
        // While the database cannot be reached the lease stays valid to the end of its term.
        if (error instanceof LeaseLostError || this.isOver()) this.ending.abort();
      }
    }
  }

  private async renew(): Promise<void> {
    const begun = performance.now();
    const report = this.current;
    await this.update({
      set: `expires_at = clock_timestamp() + $3 * interval '1 millisecond',
            confirmed = $4, state = $5, reason = $6`,
      values: [this.options.termMs, report.confirmed, report.state, report.reason],
      returning: 'epoch',
    });
    this.written = report;
    this.renewedAt = begun;
  }

  private isOver(): boolean {
    return performance.now() >= this.renewedAt + this.options.termMs;
  }

  /** @throws LeaseLostError when another process holds the lease by now */
  private update<R extends object>(change: Pick<LeaseUpdate, 'set' | 'values' | 'returning'>): Promise<R> {
    const { pool, termMs } = this.options;
    const held = { epoch: this.heldEpoch, holder: this.holder };
    return updateLease<R>(pool, { ...change, held, timeoutMs: termMs / 2 });
  }
}
