import { salesEventTypes } from '../../../domain/event-roles';
import { logBucket } from '../../../domain/log-bucket';
import { unreachable } from '../../../domain/unreachable';
import type { RecordedEvent } from '../../../event-store/event';
import type { Fold, Projection, ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import { bulkSql, keysSql, projectionSql } from '../projection-sql';
import {
  type Arrival,
  appendArrivals,
  appendCancelled,
  appendOrders,
  deleteOrders,
  loadPopulations,
  type ValidOrder,
  writeBuckets,
  writePopulations,
} from './anomaly-statements';
import { CurrencyPopulation, firstOfGroup } from './currency-population';

/** Totals are judged as they were ordered, so what comes back changes nothing. */
const EVENT_TYPES = salesEventTypes({ places: true, cancels: true, returns: false, credits: false });
type Taken = (typeof EVENT_TYPES)[number];

/** Order totals as statistics per currency, and the orders that stood out as they arrived. */
export const anomalies: Projection<Taken> = {
  name: 'anomalies',
  version: 2,
  eventTypes: EVENT_TYPES,
  ordering: 'global',
  tables: ['anomaly_population', 'anomaly_orders', 'anomaly_buckets', 'anomaly_arrivals'],
  ...projectionSql(__dirname),
  keysSql: keysSql(__dirname),
  open: async (client) => new AnomaliesFold(await loadPopulations(client), deleteOrders),
  bulk: {
    ...bulkSql(__dirname),
    open: async (client) => new AnomaliesFold(await loadPopulations(client), appendCancelled),
  },
};

/** What a batch does, order by order. */
class BatchChanges {
  readonly placed = new Map<string, ValidOrder>();
  readonly cancelled = new Map<string, RecordedEvent<'OrderCancelled'>>();
  readonly arrivals: Arrival[] = [];
  /** currency -> groups of buckets that changed; -1, the bucket of orders of nothing, has no row */
  readonly buckets = new Map<string, Set<number>>();

  touch(currency: string, bucket: number): void {
    let ofCurrency = this.buckets.get(currency);
    if (!ofCurrency) {
      ofCurrency = new Set();
      this.buckets.set(currency, ofCurrency);
    }
    if (bucket >= 0) ofCurrency.add(firstOfGroup(bucket));
  }
}

/**
 * Holds n, S, Q and the bucket counts of every currency in memory: some thousand small numbers a currency.
 */
class AnomaliesFold implements Fold<Taken> {
  /** @param cancel takes orders of earlier batches out of the valid ones */
  constructor(
    private readonly populations: Map<string, CurrencyPopulation>,
    private readonly cancel: typeof deleteOrders,
  ) {}

  async apply(client: ProjectionClient, events: RecordedEvent<Taken>[]): Promise<void> {
    const changes = new BatchChanges();
    for (const event of events) {
      switch (event.type) {
        case 'OrderPlaced':
          this.place(event, changes);
          break;
        case 'OrderCancelled':
          this.takeOut(event, changes);
          break;
        default:
          unreachable(event);
      }
    }
    await this.write(client, changes);
  }

  private place(placed: RecordedEvent<'OrderPlaced'>, changes: BatchChanges): void {
    const { orderId, currency, total } = placed.data;
    if (changes.placed.has(orderId)) throw new EventRefusedError(placed, 'the order is there already');
    const population = this.populationOf(currency);
    const amount = BigInt(total);
    const bucket = logBucket(total);
    const before = population.sums;
    const score = population.arrivalScore(amount);
    if (score !== null) changes.arrivals.push({ placed, before, score });
    population.add(amount, bucket, 1);
    changes.placed.set(orderId, { placed, bucket });
    changes.touch(currency, bucket);
  }

  private takeOut(event: RecordedEvent<'OrderCancelled'>, changes: BatchChanges): void {
    const { orderId, currency, total } = event.data;
    const bucket = logBucket(total);
    this.populationOf(currency).add(BigInt(total), bucket, -1);
    if (!changes.placed.delete(orderId)) {
      if (changes.cancelled.has(orderId))
        throw new EventRefusedError(event, 'the order is cancelled already');
      changes.cancelled.set(orderId, event);
    }
    changes.touch(currency, bucket);
  }

  private async write(client: ProjectionClient, changes: BatchChanges): Promise<void> {
    if (changes.buckets.size === 0) return;
    if (changes.cancelled.size > 0) await this.cancel(client, [...changes.cancelled.values()]);
    if (changes.placed.size > 0) await appendOrders(client, [...changes.placed.values()]);
    if (changes.arrivals.length > 0) await appendArrivals(client, changes.arrivals);
    const currencies = [...changes.buckets.keys()];
    await writePopulations(
      client,
      currencies.map((currency) => [currency, this.populationOf(currency).sums]),
    );
    await writeBuckets(
      client,
      currencies.flatMap((currency) =>
        [...(changes.buckets.get(currency) ?? [])]
          .sort((a, b) => a - b)
          .map((first) => ({ currency, first, orders: this.populationOf(currency).group(first) })),
      ),
    );
  }

  private populationOf(currency: string): CurrencyPopulation {
    let population = this.populations.get(currency);
    if (!population) {
      population = new CurrencyPopulation();
      this.populations.set(currency, population);
    }
    return population;
  }
}
