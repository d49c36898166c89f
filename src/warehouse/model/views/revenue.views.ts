import { date, nullable, text } from '../columns';
import type { WarehouseView } from '../table';
import { MEASURES, measures } from './measures';

export const categoryRevenue: WarehouseView = {
  name: 'category_revenue',
  doc: 'Sales by category, each currency on its own.',
  columns: [
    text('category', 'on the document'),
    text('currency', 'ISO 4217 code of the amounts'),
    ...measures,
  ],
  sql: `SELECT s.category, s.currency, ${MEASURES} FROM sales s GROUP BY s.category, s.currency`,
};

export const monthlySales: WarehouseView = {
  name: 'monthly_sales',
  doc: 'Sales by month of the order, category and place, each currency on its own. A return counts in the month of its order.',
  columns: [
    date('month', 'first day of the month in which was ordered'),
    text('category', 'on the document'),
    text('country', 'where it was sold'),
    nullable(text('region', 'part of the country')),
    text('currency', 'ISO 4217 code of the amounts'),
    ...measures,
  ],
  sql: `
SELECT d.month_start AS month, s.category, s.country, s.region, s.currency, ${MEASURES}
  FROM sales s JOIN dim_date d ON d.date_key = s.order_date_key
 GROUP BY d.month_start, s.category, s.country, s.region, s.currency`,
};

export const productPerformance: WarehouseView = {
  name: 'product_performance',
  doc: 'Sales by product, each currency on its own.',
  columns: [
    text('product_id', 'the product'),
    nullable(text('product_name', 'as of today')),
    nullable(text('category', 'as of today')),
    text('currency', 'ISO 4217 code of the amounts'),
    ...measures,
  ],
  sql: `
SELECT s.product_id, p.name AS product_name, p.category, s.currency, ${MEASURES}
  FROM sales s JOIN dim_product p ON p.product_id = s.product_id AND p.is_current
 GROUP BY s.product_id, p.name, p.category, s.currency`,
};
