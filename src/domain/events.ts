/**
 * The events of Tidemark: what happened, in the newest shape of each.
 *
 * Amounts are integers in minor units of the event's `currency` (cents for EUR), always below 10^15; new ones
 * are below `amountLimit`. Unit prices and exchange rates are plain decimal strings, because they may be
 * finer than a minor unit. Times inside `data` are Unix milliseconds; the event's own business time is
 * `occurredAt` of its envelope.
 *
 * Every event of an order carries what a read model needs to post it (customer, country, the order's time,
 * the amounts that it reverses), so that a projection is a function of the event alone and never looks an
 * order up.
 */

/** What an order's money is counted in, and where it was sold. Stands on every event that posts an amount. */
export interface SalesContext {
  /** null for a guest */
  customerId: string | null;
  country: string;
  region: string | null;
  /** ISO 4217 code of every amount beside it */
  currency: string;
  /** Reporting units for one unit of `currency`; absent where none was given. */
  exchangeRate?: string;
}

export interface OrderLine {
  /** 1, 2, 3 ... in the order of the input */
  lineNumber: number;
  productId: string;
  productName: string;
  category: string;
  /** decimal string with at most 4 decimals */
  unitPrice: string;
  /** a whole number above zero */
  quantity: number;
  /** round(unitPrice x quantity), half away from zero, before discount */
  gross: number;
  /** 0 <= discount <= gross */
  discount: number;
}

export interface OrderPlaced extends SalesContext {
  orderId: string;
  lines: OrderLine[];
  gross: number;
  discounts: number;
  shipping: number;
  tax: number;
  /** gross - discounts + shipping + tax */
  total: number;
}

export interface OrderPaid {
  orderId: string;
  customerId: string | null;
}

export interface OrderShipped {
  orderId: string;
  customerId: string | null;
  carrier?: string;
  trackingNumber?: string;
}

export interface OrderDelivered {
  orderId: string;
  customerId: string | null;
}

/** What an order's line has posted so far. The cancellation reverses all of it. */
export interface CancelledLine {
  lineNumber: number;
  productId: string;
  productName: string;
  category: string;
  quantity: number;
  gross: number;
  discount: number;
  /** amount of this line's returns before the cancellation */
  returned: number;
  returnedQuantity: number;
}

export interface OrderCancelled extends SalesContext {
  orderId: string;
  orderedAt: number;
  reason: string | null;
  lines: CancelledLine[];
  gross: number;
  discounts: number;
  /** amount of all returns before the cancellation */
  returns: number;
  total: number;
}

/**
 * The shipping and tax that a return gives back. They are no sales, so no read model of sales posts them.
 */
export interface RefundedCharges {
  /** minor units; absent: nothing */
  shipping?: number;
  /** minor units; absent: nothing */
  tax?: number;
}

export interface ReturnedLine {
  /** the order's line, or the line of the credit note */
  lineNumber: number;
  productId: string;
  productName: string;
  category: string;
  quantity: number;
  /**
   * what was paid for these units: their share of gross - discount, rounded so that all shares add up to it
   */
  amount: number;
}

export interface OrderReturnedLine extends ReturnedLine {
  /**
   * Amount of this line's earlier returns, so that what a return posts in the reporting currency follows from
   * its event alone. See `reporting-currency.ts`.
   */
  returnedBefore: number;
}

/** Has no lines where only shipping or tax is given back. */
export interface OrderItemsReturned extends SalesContext, RefundedCharges {
  orderId: string;
  orderedAt: number;
  reason: string | null;
  lines: OrderReturnedLine[];
  /** sum of the lines */
  amount: number;
}

export interface CreditNoteLine extends ReturnedLine {
  unitPrice: string;
}

/** A return that names no order. */
export interface CreditNoteIssued extends SalesContext, RefundedCharges {
  creditNoteId: string;
  reason: string | null;
  lines: CreditNoteLine[];
  /** sum of the lines */
  amount: number;
}

export interface CustomerRegistered {
  customerId: string;
  name: string;
  email: string | null;
  country: string | null;
  region: string | null;
}

/** Only the fields that changed are present. */
export interface CustomerDetailsChanged {
  customerId: string;
  name?: string;
  email?: string | null;
  country?: string | null;
  region?: string | null;
}

/**
 * An accepted change asked for the values that the customer has already. The event keeps the request's
 * idempotency key in the stream: the same request, sent again after another change, must not undo that one.
 */
export interface CustomerUnchanged {
  customerId: string;
}

export interface ProductListed {
  productId: string;
  name: string;
  category: string;
  price: string;
  currency: string;
}

export interface ProductPriceChanged {
  productId: string;
  price: string;
  previousPrice: string;
  currency: string;
}

export interface ProductRecategorised {
  productId: string;
  category: string;
  previousCategory: string;
}

/** The same for a product, see CustomerUnchanged. */
export interface ProductUnchanged {
  productId: string;
}

/** The settings that every number depends on. They are appended once, to stream `store`, and never change. */
export interface StoreConfigured {
  /** ISO 4217 */
  reportingCurrency: string;
  /** IANA name; days and months of every read model are those of this zone */
  timeZone: string;
}

/** Type name -> data of every event. */
export interface EventTypes {
  OrderPlaced: OrderPlaced;
  OrderPaid: OrderPaid;
  OrderShipped: OrderShipped;
  OrderDelivered: OrderDelivered;
  OrderCancelled: OrderCancelled;
  OrderItemsReturned: OrderItemsReturned;
  CreditNoteIssued: CreditNoteIssued;
  CustomerRegistered: CustomerRegistered;
  CustomerDetailsChanged: CustomerDetailsChanged;
  CustomerUnchanged: CustomerUnchanged;
  ProductListed: ProductListed;
  ProductPriceChanged: ProductPriceChanged;
  ProductRecategorised: ProductRecategorised;
  ProductUnchanged: ProductUnchanged;
  StoreConfigured: StoreConfigured;
}

export type EventType = keyof EventTypes;

/** An event as a decider makes it: a type and its data. */
export type DomainEvent<T extends EventType = EventType> = { [K in T]: { type: K; data: EventTypes[K] } }[T];

export type OrderStatus = 'PLACED' | 'PAID' | 'SHIPPED' | 'DELIVERED' | 'CANCELLED';
