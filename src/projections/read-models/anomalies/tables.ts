import { int4Array } from '../../../postgres/columns';
import { type ColumnType, int4, int8, numeric, type Table, text, timestamptz } from '../../../postgres/table';

const sums = { population: int8, sum: numeric, sum_squares: numeric };

/** Order totals as statistics, per currency. `schema.sql` says what each column is. */
export const anomalyPopulationTable = {
  name: 'anomaly_population',
  columns: { currency: text, ...sums },
} satisfies Table;

/** Every valid order. */
export const anomalyOrdersTable = {
  name: 'anomaly_orders',
  columns: {
    order_id: text,
    currency: text,
    amount: int8,
    log_bucket: int4,
    position: text,
    placed_at: timestamptz,
  },
} satisfies Table;

/** Lists of one length, which the parameter holds one after the other. */
const int4Lists: ColumnType<number[], readonly number[]> = {
  sql: '_int4',
  nullable: false,
  toArray: (lists) => int4Array(lists.flat()),
  copy: (row, list) => row.binary(int4Array(list)),
};

/** Written as millionths, by COPY alone; read with six decimals. */
const millionths: ColumnType<string, bigint> = { ...numeric, copy: (row, value) => row.numeric(value, 6) };

/** Of a bulk build: orders of earlier batches that were cancelled. */
export const anomalyCancelledTable = {
  name: 'anomaly_cancelled',
  columns: { order_id: text, position: text },
} satisfies Table;

/** How many valid orders fall into each bucket, BUCKETS_TOGETHER buckets a row. */
export const anomalyBucketsTable = {
  name: 'anomaly_buckets',
  columns: { currency: text, first_bucket: int4, orders: int4Lists },
} satisfies Table;

/** Orders that stood out as they arrived. */
export const anomalyArrivalsTable = {
  name: 'anomaly_arrivals',
  columns: {
    position: text,
    order_id: text,
    currency: text,
    amount: int8,
    ...sums,
    z_score: millionths,
    placed_at: timestamptz,
  },
} satisfies Table;
