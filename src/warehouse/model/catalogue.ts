import { datasets } from '../../lake/datasets/catalogue';
import { dimCustomer } from './customer.dimension';
import { dimDate } from './date.dimension';
import { loadLedger, loadProgress } from './ledger';
import { factOrders } from './orders.fact';
import { dimProduct } from './product.dimension';
import { factReturns } from './returns.fact';
import { stagingTable } from './staging';
import type { DerivedTable, WarehouseTable, WarehouseView } from './table';
import { anomalies } from './views/anomalies.view';
import { customerSales, multiRegionCustomers, repeatCustomers, rfm } from './views/customers.views';
import { categoryRevenue, monthlyBooks, monthlySales, productPerformance } from './views/revenue.views';
import { books, orderTotals, refunds, sales } from './views/sales.views';

/** The tables that follow from the staging tables, in the order in which a load makes them. */
export const derivedTables: readonly DerivedTable[] = [dimCustomer, dimProduct, factOrders, factReturns];

/** The tables that analysts read. */
export const starTables: readonly WarehouseTable[] = [dimDate, ...derivedTables];

/** Every table that stays in the warehouse. */
export const tables: readonly WarehouseTable[] = [
  ...datasets.map(stagingTable),
  ...starTables,
  loadLedger,
  loadProgress,
];

/** In the order in which they can be made: a view reads earlier ones only. */
export const views: readonly WarehouseView[] = [
  orderTotals,
  refunds,
  sales,
  books,
  customerSales,
  categoryRevenue,
  anomalies,
  rfm,
  monthlySales,
  monthlyBooks,
  repeatCustomers,
  multiRegionCustomers,
  productPerformance,
];
