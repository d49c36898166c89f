import { eventsOf, SALES_EVENT_TYPES, type SalesEventType } from '../../../domain/event-roles';
import type { EventType } from '../../../domain/events';
import {
  netInReporting,
  returnedInReporting,
  type ToReporting,
  toReporting,
} from '../../../domain/reporting-currency';
import { unreachable } from '../../../domain/unreachable';
import type { RecordedEvent } from '../../../event-store/event';
import { ExactSum } from '../exact-sum';

/** An event of an order or credit note that names its customer. */
export type OfCustomer<T extends EventType> = RecordedEvent<T> & { data: { customerId: string } };

/** An event that changes a customer's measures. */
export type CustomerDocument = OfCustomer<SalesEventType>;

const postsSales = eventsOf(SALES_EVENT_TYPES);

/** Whether an event changes the measures of a customer. Guests have none. */
export function isCustomerDocument(event: RecordedEvent): event is CustomerDocument {
  return postsSales(event) && event.data.customerId !== null;
}

/**
 * What a document adds to its customer's net sales, in minor units of the reporting currency.
 * @returns null when it cannot be converted: another currency without a rate
 */
export function netSales(document: CustomerDocument, reportingCurrency: string): bigint | number | null {
  // It gives back shipping or tax only.
  if (document.data.lines.length === 0) return 0;
  const reporting = toReporting(document.data, reportingCurrency);
  if (!reporting) return null;
  const net = new ExactSum();
  addLines(document, reporting, net);
  return net.value;
}

function addLines(document: CustomerDocument, reporting: ToReporting, net: ExactSum): void {
  switch (document.type) {
    case 'OrderPlaced':
      for (const line of document.data.lines) net.add(netInReporting(line, reporting));
      break;
    case 'OrderCancelled':
      for (const line of document.data.lines) {
        net.add(reporting(line.returned) - netInReporting(line, reporting));
      }
      break;
    case 'OrderItemsReturned':
      for (const line of document.data.lines) net.add(-returnedInReporting(line, reporting));
      break;
    case 'CreditNoteIssued':
      for (const line of document.data.lines) net.add(-reporting(line.amount));
      break;
    default:
      unreachable(document);
  }
}

/** The order or credit note that a document is about. */
export function documentId(document: CustomerDocument): string {
  return document.type === 'CreditNoteIssued' ? document.data.creditNoteId : document.data.orderId;
}
