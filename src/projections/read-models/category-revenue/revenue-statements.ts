import { addExcluded, type Columns, insert, parametersOf, type Table } from '../../../postgres/table';
import type { ProjectionClient } from '../../projection';
import { sortedByKey } from '../sorted-by-key';
import { CLOCKS, type Clock, type Ledger, type Ledgers, type Totals } from './revenue-deltas';
import { categoryRevenueTable, revenueTable, unconvertedRevenueTable } from './tables';

interface Row {
  ledger: Ledger;
  clock: Clock;
  day: string;
  category: string;
  totals: Totals;
}

/** Adds rows to those of the same key. */
const upsert = (table: Table, key: readonly string[]): string => {
  const sums: Columns = Object.fromEntries(
    Object.entries(table.columns).filter(([name]) => !key.includes(name)),
  );
  return `${insert(table)}
ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${addExcluded(sums)}`;
};

const UPSERT_CATEGORIES = upsert(categoryRevenueTable, ['clock', 'currency', 'converted', 'day', 'category']);
const UPSERT_DAYS = upsert(revenueTable, ['clock', 'currency', 'converted', 'day']);
const UPSERT_UNCONVERTED = upsert(unconvertedRevenueTable, ['clock', 'currency', 'day']);

/** Where each column of these tables comes from. */
const sources = {
  clock: ({ clock }: Row) => clock,
  currency: ({ ledger }: Row) => ledger.currency,
  converted: ({ ledger }: Row) => ledger.kind === 'converted',
  day: ({ day }: Row) => day,
  category: ({ category }: Row) => category,
  gross: ({ totals }: Row) => totals.gross.value,
  discounts: ({ totals }: Row) => totals.discounts.value,
  returns: ({ totals }: Row) => totals.returns.value,
  units: ({ totals }: Row) => totals.units.value,
  units_returned: ({ totals }: Row) => totals.unitsReturned.value,
  orders: ({ totals }: Row) => totals.orders,
  documents: ({ totals }: Row) => totals.documents,
};

/** Adds a batch's ledgers to the tables: one statement a table. */
export async function addToTables(client: ProjectionClient, ledgers: Ledgers): Promise<void> {
  const { categories, days, unconverted } = rowsOf(ledgers);
  if (categories.length > 0) {
    const values = parametersOf(categoryRevenueTable.columns, categories, sources);
    await client.query({ name: 'revenue-categories', text: UPSERT_CATEGORIES, values });
  }
  if (days.length > 0) {
    const values = parametersOf(revenueTable.columns, days, sources);
    await client.query({ name: 'revenue-days', text: UPSERT_DAYS, values });
  }
  if (unconverted.length > 0) {
    const values = parametersOf(unconvertedRevenueTable.columns, unconverted, sources);
    await client.query({ name: 'revenue-unconverted', text: UPSERT_UNCONVERTED, values });
  }
}

function rowsOf(ledgers: Ledgers): { categories: Row[]; days: Row[]; unconverted: Row[] } {
  const rows = { categories: [] as Row[], days: [] as Row[], unconverted: [] as Row[] };
  for (const ledger of ledgers.sorted()) {
    for (const clock of CLOCKS) {
      for (const [day, { total, categories }] of sortedByKey(ledger.days[clock])) {
        const ofDay = { ledger, clock, day };
        if (ledger.kind === 'unconverted') {
          rows.unconverted.push({ ...ofDay, category: '', totals: total });
          continue;
        }
        rows.days.push({ ...ofDay, category: '', totals: total });
        for (const [category, totals] of sortedByKey(categories))
          rows.categories.push({ ...ofDay, category, totals });
      }
    }
  }
  return rows;
}
