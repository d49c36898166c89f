import { asNumberWhereExact } from '../../domain/decimal';
import { badUserInput } from '../errors';
import { LIMITS } from '../limits';
import type {
  CategoryRevenue,
  CategoryRevenueRow,
  RevenueTotal,
  UnconvertedRevenue,
} from '../types/category-revenue.type';
import type { Clock } from '../types/enums';
import { amount } from './amounts';
import { AS_OF, type AsOfRow, asOf, type Reader, readRows } from './snapshot';

export interface RevenueConditions {
  /** null: the store has no reporting currency yet, and so no sales */
  currency: string | null;
  /** Only the reporting currency's numbers lack what could not be converted. */
  isReporting: boolean;
  clock: Clock;
  /** days, inclusive; null: no bound */
  from: string | null;
  to: string | null;
  /** at most so many categories; null: all, and there must not be very many */
  first: number | null;
  /** category before the first; null: from the beginning */
  after: string | null;
}

/** Sums as text: they may be above 2^53. */
interface Sums {
  gross: string;
  discounts: string;
  returns: string;
  units: string;
  units_returned: string;
  orders: string;
}

interface Row extends AsOfRow {
  rows: (Sums & { category: string })[] | null;
  total: Sums | null;
  unconverted: (Omit<Sums, 'units' | 'units_returned'> & { currency: string; documents: string })[] | null;
}

/** An order may name thousands of categories of its own. */
const MOST_CATEGORIES = LIMITS.pageSize.max;

const sum = (column: string) => `coalesce(sum(${column}), 0)::text AS ${column}`;
const MONEY = ['gross', 'discounts', 'returns'].map(sum).join(', ');
const SUMS = `${MONEY}, ${['units', 'units_returned', 'orders'].map(sum).join(', ')}`;
const IN_PERIOD = 'clock = $2 AND ($3::date IS NULL OR day >= $3) AND ($4::date IS NULL OR day <= $4)';

/** One statement, so that rows, total and what is missing from them are of one moment. */
const REVENUE = `
SELECT ${AS_OF},
       (SELECT json_agg(r ORDER BY r.category)
          FROM (SELECT category, ${SUMS} FROM read.category_revenue
                 WHERE currency = $1 AND ${IN_PERIOD} AND ($6::text IS NULL OR category > $6)
                 GROUP BY category ORDER BY category LIMIT $7) r) AS rows,
       (SELECT row_to_json(t)
          FROM (SELECT ${SUMS} FROM read.revenue WHERE currency = $1 AND ${IN_PERIOD}) t) AS total,
       (SELECT json_agg(u ORDER BY u.currency)
          FROM (SELECT currency, ${MONEY}, ${sum('orders')}, ${sum('documents')} FROM read.unconverted_revenue
                 WHERE $5 AND ${IN_PERIOD} GROUP BY currency) u) AS unconverted
  FROM read.projections p
 WHERE p.projection = 'category-revenue'`;

/**
 * Sales by category. Of the reporting currency: its own and what was converted into it; of another: its own.
 * @throws GraphQLError BAD_USER_INPUT when all are asked for, and there are more than a page may have
 */
export async function readCategoryRevenue(
  reader: Reader,
  { currency, isReporting, clock, from, to, first, after }: RevenueConditions,
): Promise<CategoryRevenue> {
  const values = [currency, clock, from, to, isReporting, after, first ?? MOST_CATEGORIES + 1];
  const [row] = await readRows<Row>(reader, REVENUE, values);
  const rows = row?.rows ?? [];
  if (rows.length > MOST_CATEGORIES)
    throw badUserInput(
      `There are more than ${MOST_CATEGORIES} categories: ask for pages of them with \`first\` and \`after\``,
    );
  return {
    currency,
    rows: rows.map((sums) => categoryView(sums, currency)),
    total: totalView(row?.total ?? NOTHING, currency),
    unconverted: (row?.unconverted ?? []).map(unconvertedView),
    asOf: asOf(row),
  };
}

/**
 * Sales in each of several currencies over all days, as processed, in one statement. Where there are very
 * many categories, those with the largest gross.
 */
export async function readRevenueOf(
  reader: Reader,
  currencies: readonly (string | null)[],
): Promise<Map<string | null, Pick<CategoryRevenue, 'rows' | 'total' | 'asOf'>>> {
  const found = await readRows<Omit<Row, 'unconverted'> & { currency: string | null }>(
    reader,
    `SELECT ${AS_OF}, w.currency,
            (SELECT json_agg(r ORDER BY r.category)
               FROM (SELECT category, ${SUMS} FROM read.category_revenue
                      WHERE currency = w.currency AND clock = 'PROCESSED'
                      GROUP BY category ORDER BY sum(gross) DESC, category
                      LIMIT ${MOST_CATEGORIES}) r) AS rows,
            (SELECT row_to_json(t)
               FROM (SELECT ${SUMS} FROM read.revenue
                      WHERE currency = w.currency AND clock = 'PROCESSED') t) AS total
       FROM read.projections p CROSS JOIN unnest($1::text[]) AS w(currency)
      WHERE p.projection = 'category-revenue'`,
    [currencies],
  );
  return new Map(
    found.map((row) => [
      row.currency,
      {
        rows: (row.rows ?? []).map((sums) => categoryView(sums, row.currency)),
        total: totalView(row.total ?? NOTHING, row.currency),
        asOf: asOf(row),
      },
    ]),
  );
}

const NOTHING: Sums = {
  gross: '0',
  discounts: '0',
  returns: '0',
  units: '0',
  units_returned: '0',
  orders: '0',
};

function categoryView(sums: Sums & { category: string }, currency: string | null): CategoryRevenueRow {
  return { category: sums.category, ...totalView(sums, currency) };
}

function totalView(sums: Sums, currency: string | null): RevenueTotal {
  return {
    ...moneyView(sums, currency),
    units: asNumberWhereExact(BigInt(sums.units)),
    unitsReturned: asNumberWhereExact(BigInt(sums.units_returned)),
    orders: Number(sums.orders),
  };
}

function unconvertedView(sums: NonNullable<Row['unconverted']>[number]): UnconvertedRevenue {
  const { currency, orders, documents } = sums;
  return { currency, ...moneyView(sums, currency), orders: Number(orders), documents: Number(documents) };
}

function moneyView(
  { gross, discounts, returns }: Pick<Sums, 'gross' | 'discounts' | 'returns'>,
  currency: string | null,
) {
  const net = BigInt(gross) - BigInt(discounts) - BigInt(returns);
  return {
    gross: amount(gross, currency),
    discounts: amount(discounts, currency),
    returns: amount(returns, currency),
    net: amount(net, currency),
  };
}
