import { hostname } from 'node:os';
import type { Pool, QueryConfig } from 'pg';
import { pause } from '../concurrency/pause';
import type { Position } from '../event-store/position';
import { START } from '../event-store/position';
import { LAST_PRODUCER_EPOCH, type ProducerIdentity } from '../kafka/partition-client';
import type { Listener } from '../postgres/listener';
import { LeaseLostError } from './errors';

/** What a bridge is doing. */
export type BridgeState = 'connecting' | 'publishing' | 'unreachable' | 'blocked';

/** What the holder says of itself in the lease. */
export interface HolderReport {
  /** all topics have acknowledged the log up to here */
  confirmed: Position;
  state: BridgeState;
  reason: string | null;
}

export interface LeaseOptions {
  pool: Pool;
  listener: Listener;
  /** how long it is valid without being renewed, milliseconds */
  termMs: number;
}

/** Announces that the lease is free. */
const CHANNEL = 'tidemark_bridge';
const POLL_MS = 1_000;
/** How often what the holder says of itself is written, at most. */
const REPORT_MS = 1_000;

/**
 * The right to write to the topics, for one process of all that share a database. It is valid by the
 * database's clock for others and by a monotonic clock of its own, begun earlier, for the holder. Both are
 * for an orderly change of hands; what keeps a holder out that was stopped in the middle of a send and wakes
 * up later is its epoch, which brokers check.
 */
export class Lease {
  readonly #lost = new AbortController();
  #validUntil: number;
  #epoch: number;
  #producerId: string | null = null;
  #confirmed: Position;
  #state: BridgeState = 'connecting';
  #reason: string | null = null;
  #written = '';
  #renewedAt = 0;
  #renewing: Promise<void>;

  private constructor(
    private readonly options: LeaseOptions,
    private readonly holder: string,
    row: { epoch: number; confirmed: Position },
    takenAt: number,
  ) {
    this.#epoch = row.epoch;
    this.#confirmed = row.confirmed;
    this.#renewedAt = takenAt;
    this.#validUntil = takenAt + options.termMs;
    this.#renewing = this.#renewAgainAndAgain();
  }

  /**
   * Waits until the lease is free and takes it; null when `signal` aborted first. Tries again where the
   * database is away.
   */
  static async acquire(options: LeaseOptions, signal: AbortSignal): Promise<Lease | null> {
    let wake = () => {};
    const listening = options.listener.listen(CHANNEL, () => wake());
    // It polls as well, so that nothing depends on the notification.
    listening.catch(() => {});
    try {
      while (!signal.aborted) {
        const woken = new AbortController();
        wake = () => woken.abort();
        const lease = await Lease.#take(options).catch(() => null);
        if (lease) return lease;
        await pause(Math.min(POLL_MS, options.termMs / 3), AbortSignal.any([signal, woken.signal]));
      }
      return null;
    } finally {
      void listening.then((stop) => stop()).catch(() => {});
    }
  }

  static async #take(options: LeaseOptions): Promise<Lease | null> {
    const { pool, termMs } = options;
    const holder = `${hostname()}:${process.pid}`;
    const begun = performance.now();
    const { rows } = await pool.query<{ epoch: number; confirmed: string }>(
      `UPDATE tidemark.bridge_lease
          SET epoch = epoch + 1, holder = $1, expires_at = clock_timestamp() + $2 * interval '1 millisecond'
        WHERE expires_at <= clock_timestamp()
        RETURNING epoch, confirmed`,
      [holder, termMs],
    );
    return rows[0] ? new Lease(options, holder, rows[0], begun) : null;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** All topics have acknowledged the log up to here. */
  get confirmed(): Position {
    return this.#confirmed;
  }

  /** Aborts when the lease is lost, and when it is released. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** @throws LeaseLostError unless it is valid by our own clock */
  check(): void {
    if (this.#lost.signal.aborted || performance.now() >= this.#validUntil)
      throw new LeaseLostError('The lease of the bridge has run out');
  }

  /**
   * To be written within a second: how far all topics are. Not after every batch, which would cost a commit
   * each.
   */
  confirm(position: Position): void {
    if (position > this.#confirmed) this.#confirmed = position;
  }

  /** To be written within a second: what the holder does, and why. */
  report(state: BridgeState, reason: string | null): void {
    this.#state = state;
    this.#reason = reason;
  }

  /**
   * By which brokers know the bridges of this database, as of the last `nextProducer`, decimal; null: they
   * had none yet.
   */
  get producerId(): string | null {
    return this.#producerId;
  }

  /**
   * Raises the epoch and answers the identity under which to send from now on. Null when there is none: a
   * producer id has to be adopted. The last epoch of an id is given to nobody, so that it can close the id.
   * @throws LeaseLostError
   */
  async nextProducer(): Promise<ProducerIdentity | null> {
    const raised = await this.#update<{ epoch: number; id: string | null; since: number | null }>(
      'epoch = epoch + 1',
      'epoch, producer_id AS id, producer_since AS since',
    );
    this.#epoch = raised.epoch;
    this.#producerId = raised.id;
    const epoch = raised.epoch - (raised.since ?? 0);
    return raised.id !== null && epoch < LAST_PRODUCER_EPOCH ? { id: raised.id, epoch } : null;
  }

  /**
   * Sends under a new producer id from now on. The former must have been closed, or who has it could still
   * write.
   * @throws LeaseLostError
   */
  async adopt(id: string): Promise<ProducerIdentity> {
    await this.#update('producer_id = $3, producer_since = epoch', 'epoch', [id]);
    this.#producerId = id;
    return { id, epoch: 0 };
  }

  /** Gives it up, so that a standby can take it at once. */
  async release(): Promise<void> {
    const wasOurs = !this.#lost.signal.aborted;
    this.#lost.abort();
    await this.#renewing;
    if (!wasOurs) return;
    await this.#update(
      `holder = NULL, expires_at = '-infinity', confirmed = $3`,
      `pg_notify('${CHANNEL}', '')`,
      [this.#confirmed],
    ).catch(() => {});
  }

  async #renewAgainAndAgain(): Promise<void> {
    const { termMs } = this.options;
    const every = Math.min(REPORT_MS, termMs / 3);
    while (!this.#lost.signal.aborted) {
      await pause(every, this.#lost.signal);
      if (this.#lost.signal.aborted) return;
      try {
        if (this.#hasNews() || performance.now() - this.#renewedAt >= termMs / 3 - every) await this.#renew();
        this.check();
      } catch (error) {
        // While the database is away the lease stays valid until its term is over.
        const isOver = error instanceof LeaseLostError || performance.now() >= this.#validUntil;
        if (isOver) this.#lost.abort();
      }
    }
  }

  #hasNews(): boolean {
    return this.#written !== this.#report();
  }

  #report(): string {
    return JSON.stringify([this.#confirmed, this.#state, this.#reason]);
  }

  async #renew(): Promise<void> {
    const begun = performance.now();
    const report = this.#report();
    await this.#update(
      `expires_at = clock_timestamp() + $3 * interval '1 millisecond', confirmed = $4, state = $5, reason = $6`,
      'epoch',
      [this.options.termMs, this.#confirmed, this.#state, this.#reason],
    );
    this.#written = report;
    this.#renewedAt = begun;
    this.#validUntil = begun + this.options.termMs;
  }

  /** @throws LeaseLostError when the lease is somebody else's by now */
  async #update<R extends object>(set: string, returning: string, values: unknown[] = []): Promise<R> {
    const { rows } = await this.options.pool.query<R>({
      text: `UPDATE tidemark.bridge_lease SET ${set} WHERE epoch = $1 AND holder = $2 RETURNING ${returning}`,
      values: [this.#epoch, this.holder, ...values],
      query_timeout: this.options.termMs / 2,
    } as QueryConfig);
    if (rows[0] === undefined) throw new LeaseLostError('Another process has taken the lease of the bridge');
    return rows[0];
  }
}

export interface LeaseRow extends HolderReport {
  epoch: number;
  /** null: nobody has it */
  holder: string | null;
}

/** Who has the lease now. */
export async function readLease(pool: Pool): Promise<LeaseRow> {
  const { rows } = await pool.query<LeaseRow>(
    `SELECT epoch, CASE WHEN expires_at > clock_timestamp() THEN holder END AS holder, confirmed, state, reason
       FROM tidemark.bridge_lease`,
  );
  return rows[0] ?? { epoch: 0, holder: null, confirmed: START, state: 'connecting', reason: null };
}
