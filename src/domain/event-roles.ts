import type { DomainEvent, EventType, OrderStatus } from './events';
import type { StreamKind } from './streams';

/** What an event does to the sales of the shop. */
export type SalesRole = 'places' | 'cancels' | 'returns' | 'credits';

/** What an event type is to those who read events. */
interface EventRole {
  /** the kind of stream that it stands in; the Kafka topic follows from it */
  stream: StreamKind;
  /** null: it posts no sales */
  sales: SalesRole | null;
  /** the status that it brings its order to; null: no other status */
  status: OrderStatus | null;
  /** it records a request that changed nothing, so that its idempotency key stands in the stream */
  unchanged: boolean;
}

/**
 * What each event type is to those who read events. Every list of event types derives from this table: those
 * of the projections, the datasets, the topics and the commands. A type that is missing here, or that one of
 * them does not handle, is a compile error.
 */
const EVENT_ROLES = {
  OrderPlaced: { stream: 'order', sales: 'places', status: 'PLACED', unchanged: false },
  OrderPaid: { stream: 'order', sales: null, status: 'PAID', unchanged: false },
  OrderShipped: { stream: 'order', sales: null, status: 'SHIPPED', unchanged: false },
  OrderDelivered: { stream: 'order', sales: null, status: 'DELIVERED', unchanged: false },
  OrderCancelled: { stream: 'order', sales: 'cancels', status: 'CANCELLED', unchanged: false },
  OrderItemsReturned: { stream: 'order', sales: 'returns', status: null, unchanged: false },
  CreditNoteIssued: { stream: 'creditNote', sales: 'credits', status: null, unchanged: false },
  CustomerRegistered: { stream: 'customer', sales: null, status: null, unchanged: false },
  CustomerDetailsChanged: { stream: 'customer', sales: null, status: null, unchanged: false },
  CustomerUnchanged: { stream: 'customer', sales: null, status: null, unchanged: true },
  ProductListed: { stream: 'product', sales: null, status: null, unchanged: false },
  ProductPriceChanged: { stream: 'product', sales: null, status: null, unchanged: false },
  ProductRecategorised: { stream: 'product', sales: null, status: null, unchanged: false },
  ProductUnchanged: { stream: 'product', sales: null, status: null, unchanged: true },
  StoreConfigured: { stream: 'store', sales: null, status: null, unchanged: false },
} as const satisfies Record<EventType, EventRole>;

type Roles = typeof EVENT_ROLES;

/** The event types whose roles fit `Role`. */
type TypesWith<Role extends Partial<EventRole>> = {
  [T in EventType]: Roles[T] extends Role ? T : never;
}[EventType];

/** The event types of one kind of stream. */
export type StreamEventType<K extends StreamKind> = TypesWith<{ stream: K }>;
/** The event types of one kind of stream that change something. */
export type ChangeEventType<K extends StreamKind> = TypesWith<{ stream: K; unchanged: false }>;
/** The event types that post sales. */
export type SalesEventType = TypesWith<{ sales: SalesRole }>;
/** The event types that bring an order to a status. */
export type StatusEventType = TypesWith<{ status: OrderStatus }>;

export type OrderEvent = DomainEvent<StreamEventType<'order'>>;
export type CreditNoteEvent = DomainEvent<StreamEventType<'creditNote'>>;
export type CustomerEvent = DomainEvent<StreamEventType<'customer'>>;
export type ProductEvent = DomainEvent<StreamEventType<'product'>>;

/** Every event type. */
export const EVENT_TYPES = Object.keys(EVENT_ROLES) as readonly EventType[];

const typesWith = <T extends EventType>(fits: (role: EventRole, type: EventType) => boolean) =>
  EVENT_TYPES.filter((type) => fits(EVENT_ROLES[type], type)) as readonly EventType[] as readonly T[];

export const streamEventTypes = <K extends StreamKind>(kind: K): readonly StreamEventType<K>[] =>
  typesWith(({ stream }) => stream === kind);

export const changeEventTypes = <K extends StreamKind>(kind: K): readonly ChangeEventType<K>[] =>
  typesWith(({ stream, unchanged }) => stream === kind && !unchanged);

export const SALES_EVENT_TYPES = typesWith<SalesEventType>(({ sales }) => sales !== null);

export const STATUS_EVENT_TYPES = typesWith<StatusEventType>(({ status }) => status !== null);

/** Which sales a reader wants. Each role must be answered for, so that nobody overlooks a new one. */
type SalesChoice = Record<SalesRole, boolean>;

/** The event types that post the chosen sales. */
export type ChosenSalesType<C extends SalesChoice> = TypesWith<{
  sales: { [R in SalesRole]: C[R] extends true ? R : never }[SalesRole];
}>;

export const salesEventTypes = <const C extends SalesChoice>(choice: C): readonly ChosenSalesType<C>[] =>
  typesWith(({ sales }) => sales !== null && choice[sales]);

/** The kind of stream that events of a type stand in. */
export const streamOf = (type: EventType): StreamKind => EVENT_ROLES[type].stream;

export const salesRoleOf = (type: SalesEventType): SalesRole => EVENT_ROLES[type].sales;

/** The status that an event brings its order to; null: the order keeps its status. */
export function statusAfter(type: StatusEventType): OrderStatus;
export function statusAfter(type: EventType): OrderStatus | null;
export function statusAfter(type: EventType): OrderStatus | null {
  return EVENT_ROLES[type].status;
}

const UNCHANGED: ReadonlySet<string> = new Set(typesWith(({ unchanged }) => unchanged));

/** Whether an event stands in its stream for its idempotency key alone. Unknown types do not. */
export const saysNothingChanged = (type: string): boolean => UNCHANGED.has(type);

/** Tells events of some types from others; a type that nobody knows is none of them. */
export function eventsOf<T extends EventType>(types: readonly T[]) {
  const wanted: ReadonlySet<string> = new Set(types);
  return <E extends { type: string }>(event: E): event is Extract<E, { type: T }> => wanted.has(event.type);
}
