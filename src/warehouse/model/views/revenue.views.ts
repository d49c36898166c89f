import { date, nullable, text } from '../columns';
import type { WarehouseColumn, WarehouseView } from '../table';
import { BOOKS_MEASURES, measures, SALES_MEASURES } from './measures';

export const categoryRevenue: WarehouseView = {
  name: 'category_revenue',
  doc: 'Sales of all time by category, each currency on its own. Both clocks come to these numbers.',
  columns: [
    text('category', 'on the document'),
    text('currency', 'ISO 4217 code of the amounts'),
    ...measures,
  ],
  sql: `SELECT s.category, s.currency, ${SALES_MEASURES} FROM sales s GROUP BY s.category, s.currency`,
};

const monthly = (month: string): WarehouseColumn[] => [
  date('month', month),
  text('category', 'on the document'),
  text('country', 'where it was sold'),
  nullable(text('region', 'part of the country')),
  text('currency', 'ISO 4217 code of the amounts'),
  ...measures,
];

export const monthlySales: WarehouseView = {
  name: 'monthly_sales',
  doc: 'Sales by month of the order (clock ORDERED), category and place, each currency on its own. A return counts in the month of its order, a cancelled order nowhere: past months change.',
  columns: monthly('first day of the month in which was ordered'),
  sql: `
SELECT d.month_start AS month, s.category, s.country, s.region, s.currency, ${SALES_MEASURES}
  FROM sales s JOIN dim_date d ON d.date_key = s.order_date_key
 GROUP BY d.month_start, s.category, s.country, s.region, s.currency`,
};

export const monthlyBooks: WarehouseView = {
  name: 'monthly_books',
  doc: 'The books by month of processing (clock PROCESSED), category and place, each currency on its own. A return or cancellation counts in its own month: what is closed stays as it is.',
  columns: monthly('first day of the month in which was processed'),
  sql: `
SELECT d.month_start AS month, s.category, s.country, s.region, s.currency, ${BOOKS_MEASURES}
  FROM books s JOIN dim_date d ON d.date_key = s.date_key
 GROUP BY d.month_start, s.category, s.country, s.region, s.currency`,
};

export const productPerformance: WarehouseView = {
  name: 'product_performance',
  doc: 'Sales of all time by product, each currency on its own. Both clocks come to these numbers.',
  columns: [
    text('product_id', 'the product'),
    nullable(text('product_name', 'as of today')),
    nullable(text('category', 'as of today')),
    text('currency', 'ISO 4217 code of the amounts'),
    ...measures,
  ],
  sql: `
SELECT s.product_id, p.name AS product_name, p.category, s.currency, ${SALES_MEASURES}
  FROM sales s JOIN dim_product p ON p.product_id = s.product_id AND p.is_current
 GROUP BY s.product_id, p.name, p.category, s.currency`,
};
