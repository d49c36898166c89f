import { text } from '../model/columns';
import { dimCustomer } from '../model/customer.dimension';
import { dimDate } from '../model/date.dimension';
import { factOrders } from '../model/orders.fact';
import { dimProduct } from '../model/product.dimension';
import { factReturns } from '../model/returns.fact';
import type { WarehouseColumn, WarehouseTable, WarehouseView } from '../model/table';
import { anomalies } from '../model/views/anomalies.view';
import { multiRegionCustomers, repeatCustomers, rfm } from '../model/views/customers.views';
import {
  categoryRevenue,
  monthlyBooks,
  monthlySales,
  productPerformance,
} from '../model/views/revenue.views';
import type { ModelTable } from './model';
import { tableName } from './names';

type More = Omit<ModelTable, 'name' | 'doc' | 'columns' | 'source'>;

const from = (kind: 'table' | 'view', of: WarehouseTable | WarehouseView, more: More = {}): ModelTable => ({
  name: tableName(of.name),
  doc: of.doc,
  columns: of.columns,
  source: { kind, of },
  ...more,
});

export const date = from('table', dimDate, {
  key: 'date',
  isDateTable: true,
  sortBy: { month_name: 'month', day_name: 'day_of_week' },
  hierarchies: [{ name: 'Calendar', levels: ['year', 'quarter', 'month_name', 'date'] }],
});
export const customer = from('table', dimCustomer, {
  key: 'customer_key',
  hierarchies: [{ name: 'Place', levels: ['country', 'region'] }],
});
export const product = from('table', dimProduct, {
  key: 'product_key',
  hierarchies: [{ name: 'Range', levels: ['category', 'name'] }],
});
export const orders = from('table', factOrders);
export const returns = from('table', factReturns);

/**
 * A table that the warehouse does not have: it lets one choice of a value filter orders and returns alike.
 */
const shared = (name: string, doc: string, of: WarehouseColumn): ModelTable => ({
  name,
  doc,
  columns: [of],
  source: { kind: 'values', of: [factOrders, factReturns], column: of.name },
  key: of.name,
});

export const currency = shared(
  'DIM_CURRENCY',
  'The currencies of the orders and returns.',
  text('currency', 'ISO 4217 code'),
);
export const country = shared(
  'DIM_COUNTRY',
  'The countries of the orders and returns, those of guests included.',
  text('country', 'where it was sold'),
);

const ADDITIVE = [
  ...['gross', 'discounts', 'returns', 'net', 'units', 'units_returned'],
  ...['gross_reporting', 'discounts_reporting', 'returns_reporting', 'net_reporting'],
];

export const categories = from('view', categoryRevenue, { additive: ADDITIVE });
export const months = from('view', monthlySales, { additive: ADDITIVE });
export const books = from('view', monthlyBooks, { additive: ADDITIVE });
export const products = from('view', productPerformance, { additive: ADDITIVE });
export const scores = from('view', rfm, { key: 'customer_id' });
export const outliers = from('view', anomalies, { key: 'order_id' });
export const repeaters = from('view', repeatCustomers, { key: 'customer_id' });
export const travellers = from('view', multiRegionCustomers, { key: 'customer_id' });

/** The star, then the analytics, in the order in which Power BI lists them. */
export const modelTables: readonly ModelTable[] = [
  date,
  customer,
  product,
  currency,
  country,
  orders,
  returns,
  categories,
  months,
  books,
  products,
  scores,
  outliers,
  repeaters,
  travellers,
];
