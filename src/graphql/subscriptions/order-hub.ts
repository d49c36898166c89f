import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { Signal } from '../../concurrency/signal';
import { type Position, START } from '../../event-store/position';
import type { ProjectionProgress } from '../../projections/progress/progress';
import { readChangedOrders } from '../queries/orders.query';
import type { Order } from '../types/order.type';

const RETRY_MS = 1_000;

interface Watched {
  watchers: number;
  /** position at which `latest` was updated */
  seen: Position;
  latest: Order | undefined;
  changes: Signal;
}

/** Reads the watched orders: one statement for all of them whenever the read model advances. */
export class OrderHub {
  private readonly watched = new Map<string, Watched>();
  private stopListening: (() => void) | undefined;
  private reading = false;
  private stale = false;

  constructor(private readonly options: { pool: Pool; progress: ProjectionProgress; logger: Logger }) {}

  /** How many orders are watched. */
  get size(): number {
    return this.watched.size;
  }

  /**
   * The order as it is, if it exists, then each time it has changed. Changes that come faster than they are
   * taken become one.
   */
  async *watch(id: string, signal: AbortSignal): AsyncGenerator<Order> {
    const order = this.join(id);
    try {
      let seen = 0;
      while (await order.changes.after(seen, signal)) {
        seen = order.changes.version;
        if (order.latest) yield order.latest;
      }
    } finally {
      this.leave(id, order);
    }
  }

  private join(id: string): Watched {
    const order = this.watched.get(id) ?? {
      watchers: 0,
      seen: START,
      latest: undefined,
      changes: new Signal(),
    };
    this.watched.set(id, order);
    order.watchers += 1;
    this.stopListening ??= this.options.progress.onAdvance('orders', () => this.refresh());
    if (order.watchers === 1) this.refresh();
    return order;
  }

  private leave(id: string, order: Watched): void {
    order.watchers -= 1;
    if (order.watchers > 0) return;
    this.watched.delete(id);
    if (this.watched.size > 0) return;
    this.stopListening?.();
    this.stopListening = undefined;
  }

  /** Reads now, or once more after the reading that is under way. */
  private refresh(): void {
    this.stale = true;
    if (!this.reading) void this.read();
  }

  private async read(): Promise<void> {
    this.reading = true;
    try {
      while (this.stale && this.watched.size > 0) {
        this.stale = false;
        await this.readOnce();
      }
    } catch (error) {
      this.options.logger.warn({ err: error }, 'watched orders could not be read');
      setTimeout(() => this.refresh(), RETRY_MS).unref();
    } finally {
      this.reading = false;
    }
  }

  private async readOnce(): Promise<void> {
    const entries = [...this.watched];
    const ids = entries.map(([id]) => id);
    const seen = entries.map(([, order]) => order.seen);
    for (const { order, updated } of await readChangedOrders(this.options.pool, ids, seen)) {
      const watched = this.watched.get(order.id);
      if (!watched) continue;
      watched.latest = order;
      watched.seen = updated;
      watched.changes.raise();
    }
  }
}
