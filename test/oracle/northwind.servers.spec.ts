import { describeFile } from './support/file-suite';
import { northwind } from './support/order-files.sql';

describeFile('the Northwind orders (several categories an order, discounts, freight)', northwind, {
  orders: 830,
  creditNotes: 0,
  rejectedRows: 0,
  anomaliesNow: 31,
  customersScored: 89,
});
