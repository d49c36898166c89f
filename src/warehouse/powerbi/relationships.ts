import type { ModelTable, Relationship } from './model';
import {
  books,
  categories,
  country,
  currency,
  customer,
  date,
  months,
  orders,
  outliers,
  product,
  products,
  repeaters,
  returns,
  scores,
  travellers,
} from './tables';

const join = (
  from: ModelTable,
  column: string,
  to: ModelTable,
  toColumn = column,
  active = true,
): Relationship => ({
  from: { table: from.name, column },
  to: { table: to.name, column: toColumn },
  active,
});

/**
 * Filters go from `to` to `from`. Power BI refuses a model with two active paths between two tables. An order
 * has two days and a return three: its own day is the active one, the day of the order and of the
 * cancellation are not.
 */
export const relationships: readonly Relationship[] = [
  ...[orders, returns].flatMap((fact) => [
    join(fact, 'date_key', date),
    join(fact, 'customer_key', customer),
    join(fact, 'product_key', product),
    join(fact, 'currency', currency),
    join(fact, 'country', country),
  ]),
  join(returns, 'order_date_key', date, 'date_key', false),
  ...[orders, returns].map((fact) => join(fact, 'cancelled_date_key', date, 'date_key', false)),
  // Every version of a customer refers to the customer's one RFM row, so segments and tiers filter the facts.
  join(customer, 'customer_id', scores),
  join(repeaters, 'customer_id', scores),
  join(travellers, 'customer_id', scores),
  ...[months, books].flatMap((view) => [join(view, 'month', date, 'date'), join(view, 'country', country)]),
  ...[categories, months, books, products, outliers].map((view) => join(view, 'currency', currency)),
];
