import { type CreditNoteState, evolveCreditNote } from '../domain/credit-note/credit-note-state';
import { type CustomerState, evolveCustomer } from '../domain/customer/customer-state';
import type { Evolve } from '../domain/decider';
import type { OrderStatus } from '../domain/events';
import { evolveOrder, type OrderState } from '../domain/order/order-state';
import { evolveProduct, type ProductState } from '../domain/product/product-state';
import { STREAM_PREFIXES } from '../domain/streams';
import { currentValue } from '../domain/timeline';

/** What a stream is folded into, and what of that a command answers with. */
export interface Aggregate<S, A> {
  /** A stream's name is this and the id. */
  streamPrefix: string;
  evolve: Evolve<S>;
  summarise(state: S, revision: number): A;
}

/** Amounts are minor units. */
export interface OrderSummary {
  id: string;
  status: OrderStatus;
  revision: number;
  total: { amount: number; currency: string };
  /** null for a guest */
  customerId: string | null;
}

export const orders: Aggregate<OrderState, OrderSummary> = {
  streamPrefix: STREAM_PREFIXES.order,
  evolve: evolveOrder,
  summarise: ({ orderId, status, total, currency, customerId }, revision) => ({
    id: orderId,
    status,
    revision,
    total: { amount: total, currency },
    customerId,
  }),
};

/** Amounts are minor units. */
export interface CreditNoteSummary {
  id: string;
  revision: number;
  total: { amount: number; currency: string };
  /** null for a guest */
  customerId: string | null;
}

export const creditNotes: Aggregate<CreditNoteState, CreditNoteSummary> = {
  streamPrefix: STREAM_PREFIXES.creditNote,
  evolve: evolveCreditNote,
  summarise: ({ creditNoteId, total, currency, customerId }, revision) => ({
    id: creditNoteId,
    revision,
    total: { amount: total, currency },
    customerId,
  }),
};

export interface CustomerSummary {
  id: string;
  revision: number;
  name: string;
  email: string | null;
  country: string | null;
  region: string | null;
}

export const customers: Aggregate<CustomerState, CustomerSummary> = {
  streamPrefix: STREAM_PREFIXES.customer,
  evolve: evolveCustomer,
  summarise: ({ customerId, name, email, country, region }, revision) => ({
    id: customerId,
    revision,
    name: currentValue(name),
    email: currentValue(email),
    country: currentValue(country),
    region: currentValue(region),
  }),
};

export interface ProductSummary {
  id: string;
  revision: number;
  name: string;
  category: string;
  /** decimal string; a unit price may be finer than a minor unit */
  price: string;
  currency: string;
}

export const products: Aggregate<ProductState, ProductSummary> = {
  streamPrefix: STREAM_PREFIXES.product,
  evolve: evolveProduct,
  summarise: ({ productId, name, category, price, currency }, revision) => ({
    id: productId,
    revision,
    name,
    category: currentValue(category),
    price: currentValue(price),
    currency,
  }),
};
