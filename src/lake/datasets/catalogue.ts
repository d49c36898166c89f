import { badRows } from './bad-rows.dataset';
import { customers } from './customers.dataset';
import type { Dataset } from './dataset';
import { events } from './events.dataset';
import { orderLines } from './order-lines.dataset';
import { orders } from './orders.dataset';
import { products } from './products.dataset';
import { refunds } from './refunds.dataset';
import { returns } from './returns.dataset';
import { settings } from './settings.dataset';

/** The datasets that get their rows from events. */
export const eventDatasets: readonly Dataset[] = [
  events,
  orderLines,
  orders,
  returns,
  refunds,
  customers,
  products,
  settings,
];

/** Every dataset of the lake. */
export const datasets: readonly Dataset[] = [...eventDatasets, badRows];
