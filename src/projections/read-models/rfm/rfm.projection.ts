import { SALES_EVENT_TYPES, streamEventTypes } from '../../../domain/event-roles';
import { unreachable } from '../../../domain/unreachable';
import type { RecordedEvent } from '../../../event-store/event';
import type { Fold, Projection, ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import { projectionSql } from '../projection-sql';
import { type CustomerDocument, documentId, isCustomerDocument, netSales } from './customer-document';
import type { CustomerRow } from './customer-table';
import { Population } from './population';
import {
  loadCustomers,
  loadReportingCurrency,
  type Move,
  writeBoundaries,
  writeCustomers,
  writeMoves,
  writeTotals,
} from './rfm-statements';
import { ValidOrders } from './valid-orders';

const EVENT_TYPES = [...streamEventTypes('store'), ...SALES_EVENT_TYPES];
type Taken = (typeof EVENT_TYPES)[number];

/**
 * Recency, frequency and monetary value of every customer, the boundaries that score them, and their moves.
 */
export const rfm: Projection<Taken> = {
  name: 'rfm',
  version: 3,
  eventTypes: EVENT_TYPES,
  ordering: 'global',
  tables: ['rfm_customers', 'rfm_orders', 'rfm_cuts', 'rfm_totals', 'rfm_moves'],
  ...projectionSql(__dirname),
  async open(client) {
    return new RfmFold(new Population(await loadCustomers(client)), await loadReportingCurrency(client));
  },
};

/**
 * Keeps the whole population in memory (see CustomerTable for its size). It judges an event's customer right
 * after the event, so batches make no difference to moves. It writes no other customer's row.
 */
class RfmFold implements Fold<Taken> {
  constructor(
    private readonly population: Population,
    private reportingCurrency: string | null,
  ) {}

  async apply(client: ProjectionClient, events: RecordedEvent<Taken>[]): Promise<void> {
    const cancellations = events
      .filter(isCustomerDocument)
      .filter((event) => event.type === 'OrderCancelled');
    const orders = await ValidOrders.load(client, cancellations);
    const changed = new Set<number>();
    const moves: Move[] = [];
    let configured = false;
    for (const event of events) {
      if (event.type === 'StoreConfigured') {
        this.reportingCurrency = event.data.reportingCurrency;
        configured = true;
      } else if (isCustomerDocument(event)) {
        if (this.reportingCurrency === null) {
          throw new EventRefusedError(event, 'the store has no settings yet');
        }
        const ordinal = this.population.ordinalOf(event.data.customerId);
        const move = this.applyDocument(event, ordinal, orders, this.reportingCurrency);
        changed.add(ordinal);
        if (move) moves.push(move);
      }
    }
    if (changed.size > 0) {
      await orders.write(client);
      await writeCustomers(client, this.population.customersById(changed));
      await writeBoundaries(client, this.population.boundaries());
      if (moves.length > 0) await writeMoves(client, moves);
    }
    if (changed.size > 0 || configured) {
      await writeTotals(client, this.population.size, this.reportingCurrency);
    }
  }

  /**
   * @returns the move that the document caused, null where segment and tier stay the same
   */
  private applyDocument(
    event: CustomerDocument,
    ordinal: number,
    orders: ValidOrders,
    reportingCurrency: string,
  ): Move | null {
    const net = netSales(event, reportingCurrency);
    const row = changedRow(event, this.population.customer(ordinal), net, orders);
    const { before, after } = this.population.replace(ordinal, row);
    if (before?.segment === after?.segment && before?.tier === after?.tier) return null;
    const { position, type: cause, occurredAt } = event;
    const { customerId } = row;
    return { position, customerId, before, after, cause, documentId: documentId(event), occurredAt };
  }
}

/** A customer's row after a document that is worth `net` (null: it cannot be converted). */
function changedRow(
  event: CustomerDocument,
  row: CustomerRow,
  net: bigint | number | null,
  orders: ValidOrders,
): CustomerRow {
  const monetary = net === null ? row.monetary : row.monetary + BigInt(net);
  const left = net === null ? 1 : 0;
  switch (event.type) {
    case 'OrderPlaced': {
      orders.place(event);
      const lastOrderAt = Math.max(row.lastOrderAt ?? event.occurredAt, event.occurredAt);
      const unconverted = row.unconverted + left;
      return { ...row, lastOrderAt, frequency: row.frequency + 1, monetary, unconverted };
    }
    case 'OrderCancelled': {
      if (row.frequency === 0) throw new EventRefusedError(event, 'the customer has no valid order');
      const lastOrderAt = orders.cancel(event);
      const unconverted = row.unconverted - left;
      return { ...row, lastOrderAt, frequency: row.frequency - 1, monetary, unconverted };
    }
    case 'OrderItemsReturned':
      // An order that is not in M counts as one document, however much of it comes back.
      return { ...row, monetary };
    case 'CreditNoteIssued':
      return { ...row, monetary, unconverted: row.unconverted + left };
    default:
      return unreachable(event);
  }
}
