import { pause } from '../../concurrency/pause';
import { DueQueue } from './due-queue';
import type { GraphqlClient } from './graphql-client';
import { type Mutation, type Operation, placeOrder, registerCustomer, stepOf } from './operations';
import type { Shop, ShopOrder } from './shop';
import { type Counts, Statistics } from './statistics';

export interface SimulateOptions {
  client: GraphqlClient;
  shop: Shop;
  /** month of the shop's season, 1 to 12 */
  month: number;
  /** orders a second; their later steps come on top */
  rate: number;
  /** seconds during which orders are placed; absent: until `signal` aborts */
  duration?: number;
  /** orders to place at most */
  count?: number;
  /** most requests under way; others wait, and their waiting counts as latency */
  concurrency: number;
  signal?: AbortSignal;
  onSecond?: (second: SecondReport) => void;
}

export interface SecondReport extends Counts {
  /** seconds since the start */
  at: number;
  inFlight: number;
  /** due, but not sent because `concurrency` requests are under way */
  waiting: number;
}

export interface SimulationReport extends Counts {
  seconds: number;
  orders: number;
  byOperation: Partial<Record<Operation, { sent: number; accepted: number }>>;
  /** steps of orders that were not due yet when it ended */
  unfinishedSteps: number;
}

interface Task {
  mutation: Mutation;
  /** how many steps of the order are done; undefined for a mutation that no step waits for */
  progress?: { order: ShopOrder; steps: number };
}

/** Timers are not much finer, and many requests fall due within it. */
const TICK_MS = 2;

/**
 * Sends a shop's orders at a fixed rate, whether or not answers come. Sends each order's next step once the
 * step before was accepted. Resolves when the last answer is in.
 */
export async function simulate(options: SimulateOptions): Promise<SimulationReport> {
  const { signal, duration = Number.POSITIVE_INFINITY, onSecond } = options;
  const simulation = new Simulation(options, performance.now());
  for (let second = 1; ; ) {
    const now = performance.now();
    simulation.sendDue(now);
    const elapsed = (now - simulation.startedAt) / 1000;
    for (; elapsed >= second; second++) onSecond?.(simulation.endSecond(second, now));
    if (signal?.aborted || elapsed >= duration || simulation.isDone) break;
    await pause(TICK_MS, signal);
  }
  return simulation.end();
}

class Simulation {
  private readonly due = new DueQueue<Task>();
  private readonly inFlight = new Set<Promise<void>>();
  private readonly total = new Statistics();
  private readonly lastOrder: number;
  private second = new Statistics();
  private orders = 0;
  /** Everything else waits for the first order: it settles the reporting currency of an empty store. */
  private firstOrderUnderWay = false;

  constructor(
    private readonly options: SimulateOptions,
    /** as performance.now() */
    readonly startedAt: number,
  ) {
    const { rate, duration = Number.POSITIVE_INFINITY, count = Number.POSITIVE_INFINITY } = options;
    this.lastOrder = Math.min(count, Math.ceil(duration * rate));
  }

  get isDone(): boolean {
    return this.orders >= this.lastOrder && this.due.size === 0 && this.inFlight.size === 0;
  }

  /**
   * Sends the requests that are due, in that order, while fewer than `concurrency` are under way. An order is
   * made when it is sent, so that none pile up.
   */
  sendDue(now: number): void {
    while (this.inFlight.size < this.options.concurrency && !this.firstOrderUnderWay) {
      const orderDueAt = this.nextOrderDueAt;
      if (orderDueAt <= Math.min(now, this.due.nextDueAt ?? now)) this.makeOrder(orderDueAt);
      const entry = this.due.takeDue(now);
      if (entry === undefined) return;
      const sent: Promise<void> = this.send(entry.item, entry.dueAt).finally(() =>
        this.inFlight.delete(sent),
      );
      this.inFlight.add(sent);
    }
  }

  endSecond(at: number, now: number): SecondReport {
    const counts = this.second.counts();
    this.second = new Statistics();
    const ordersDue = Math.min(
      Math.floor(((now - this.startedAt) * this.options.rate) / 1000) + 1,
      this.lastOrder,
    );
    const waiting = this.due.countDue(now) + Math.max(ordersDue - this.orders, 0);
    return { ...counts, at, inFlight: this.inFlight.size, waiting };
  }

  async end(): Promise<SimulationReport> {
    const seconds = Math.round(performance.now() - this.startedAt) / 1000;
    await Promise.all(this.inFlight);
    return {
      ...this.total.counts(),
      seconds,
      orders: this.orders,
      byOperation: Object.fromEntries(this.total.byOperation),
      unfinishedSteps: this.due.size,
    };
  }

  private get nextOrderDueAt(): number {
    if (this.orders >= this.lastOrder) return Number.POSITIVE_INFINITY;
    return this.startedAt + (this.orders * 1000) / this.options.rate;
  }

  private makeOrder(dueAt: number): void {
    const order = this.options.shop.nextOrder(this.options.month);
    this.orders++;
    const registration = registerCustomer(order);
    if (registration !== undefined) this.due.add(dueAt, { mutation: registration });
    this.due.add(dueAt, { mutation: placeOrder(order), progress: { order, steps: 0 } });
  }

  private async send({ mutation, progress }: Task, dueAt: number): Promise<void> {
    const { operation } = mutation;
    for (const each of [this.total, this.second]) each.sent(operation);
    const isFirst = operation === 'placeOrder' && this.orders === 1;
    if (isFirst) this.firstOrderUnderWay = true;
    const outcome = await this.options.client.send(mutation);
    if (isFirst) this.firstOrderUnderWay = false;
    const now = performance.now();
    for (const each of [this.total, this.second]) each.answered(operation, outcome, now - dueAt);
    const step = progress?.order.steps[progress.steps];
    if (!outcome.ok || progress === undefined || step === undefined) return;
    const { order, steps } = progress;
    const next = { mutation: stepOf(order.id, step), progress: { order, steps: steps + 1 } };
    this.due.add(now + step.afterMs, next);
  }
}
