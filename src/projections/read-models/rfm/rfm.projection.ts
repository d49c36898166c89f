import { SALES_EVENT_TYPES, streamEventTypes } from '../../../domain/event-roles';
import { unreachable } from '../../../domain/unreachable';
import type { RecordedEvent } from '../../../event-store/event';
import type { Position } from '../../../event-store/position';
import type { Fold, Projection, ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import { bulkSql, keysSql, projectionSql } from '../projection-sql';
import { type CustomerDocument, documentId, isCustomerDocument, netSales } from './customer-document';
import type { CustomerTable } from './customer-table';
import type { CustomerRow, Measures } from './measures';
import { type Moved, Population } from './population';
import {
  appendCustomers,
  loadChangedCustomers,
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
  version: 4,
  eventTypes: EVENT_TYPES,
  ordering: 'global',
  tables: ['rfm_customers', 'rfm_orders', 'rfm_cuts', 'rfm_totals', 'rfm_moves'],
  ...projectionSql(__dirname),
  keysSql: keysSql(__dirname),
  open: async (client) => openFold(client, await loadCustomers(client), writeCustomers),
  // The fold looks orders up, so their table has its key.
  bulk: {
    ...bulkSql(__dirname),
    open: async (client) => openFold(client, await loadChangedCustomers(client), appendCustomers),
  },
};

/** Puts customers as a batch has left them, whose last change is at `position`. */
type PutCustomers = (
  client: ProjectionClient,
  customers: readonly CustomerRow[],
  position: Position,
) => Promise<void>;

async function openFold(
  client: ProjectionClient,
  customers: CustomerTable,
  put: PutCustomers,
): Promise<RfmFold> {
  return new RfmFold(new Population(customers), await loadReportingCurrency(client), put);
}

/**
 * Keeps the whole population in memory (see CustomerTable for its size). It judges an event's customer as
 * right after the event, so batches make no difference to moves. It writes no other customer's row.
 */
class RfmFold implements Fold<Taken> {
  constructor(
    private readonly population: Population,
    private reportingCurrency: string | null,
    private readonly put: PutCustomers,
  ) {}

  async apply(client: ProjectionClient, events: RecordedEvent<Taken>[]): Promise<void> {
    const documents = events.filter(isCustomerDocument);
    const orders = await ValidOrders.load(
      client,
      documents.filter((event) => event.type === 'OrderCancelled'),
    );
    let configured = false;
    for (const event of events) {
      if (event.type === 'StoreConfigured') {
        this.reportingCurrency = event.data.reportingCurrency;
        configured = true;
      } else if (isCustomerDocument(event)) this.change(event, orders);
    }
    const last = documents.at(-1);
    if (last) {
      // First, because it refuses a cancellation of an order that is not there.
      await orders.write(client);
      const { changed, moved } = this.population.settle();
      await this.put(client, changed, last.position);
      await writeBoundaries(client, this.population.boundaries());
      if (moved.length > 0)
        await writeMoves(
          client,
          moved.map((move) => moveOf(move, documents)),
        );
    }
    if (last || configured) {
      await writeTotals(client, this.population.size, this.reportingCurrency);
    }
  }

  private change(event: CustomerDocument, orders: ValidOrders): void {
    if (this.reportingCurrency === null) throw new EventRefusedError(event, 'the store has no settings yet');
    const net = netSales(event, this.reportingCurrency);
    const row = this.population.change(event.data.customerId);
    changeMeasures(event, net, this.population.changing, row, orders);
  }
}

function moveOf({ change, before, after }: Moved, documents: readonly CustomerDocument[]): Move {
  const event = documents[change] as CustomerDocument;
  const { position, type: cause, occurredAt } = event;
  const { customerId } = event.data;
  return { position, customerId, before, after, cause, documentId: documentId(event), occurredAt };
}

/** Changes a customer's row by a document that is worth `net` (null: it cannot be converted). */
function changeMeasures(
  event: CustomerDocument,
  net: bigint | number | null,
  measures: Measures,
  row: number,
  orders: ValidOrders,
): void {
  const { frequency, lastOrderAt, unconverted } = measures;
  const valid = frequency[row] as number;
  if (net !== null) measures.addMonetary(row, net);
  const left = net === null ? 1 : 0;
  switch (event.type) {
    case 'OrderPlaced': {
      orders.place(event);
      const last = valid === 0 ? event.occurredAt : (lastOrderAt[row] as number);
      lastOrderAt[row] = Math.max(last, event.occurredAt);
      frequency[row] = valid + 1;
      unconverted[row] = (unconverted[row] as number) + left;
      break;
    }
    case 'OrderCancelled':
      if (valid === 0) throw new EventRefusedError(event, 'the customer has no valid order');
      lastOrderAt[row] = orders.cancel(event) ?? Number.NaN;
      frequency[row] = valid - 1;
      unconverted[row] = (unconverted[row] as number) - left;
      break;
    case 'OrderItemsReturned':
      // An order that is not in M counts as one document, however much of it comes back.
      break;
    case 'CreditNoteIssued':
      unconverted[row] = (unconverted[row] as number) + left;
      break;
    default:
      unreachable(event);
  }
}
