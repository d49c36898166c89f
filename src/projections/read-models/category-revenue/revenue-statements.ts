import { boolArray, dateArray, int8Array, numericArray, textArray } from '../../../postgres/columns';
import type { ProjectionClient } from '../../projection';
import { sortedByKey } from '../sorted-by-key';
import { CLOCKS, type Clock, type Ledger, type Ledgers, type Totals } from './revenue-deltas';

interface Row {
  ledger: Ledger;
  clock: Clock;
  day: string;
  category: string;
  totals: Totals;
}

const UPSERT_CATEGORIES = `
INSERT INTO category_revenue AS t (clock, currency, converted, day, category,
                                   gross, discounts, returns, units, units_returned, orders)
SELECT * FROM unnest($1::text[], $2::text[], $3::bool[], $4::date[], $5::text[],
                     $6::numeric[], $7::numeric[], $8::numeric[], $9::int8[], $10::int8[], $11::int8[])
ON CONFLICT (clock, currency, converted, day, category) DO UPDATE
   SET gross = t.gross + excluded.gross, discounts = t.discounts + excluded.discounts,
       returns = t.returns + excluded.returns, units = t.units + excluded.units,
       units_returned = t.units_returned + excluded.units_returned, orders = t.orders + excluded.orders`;

const UPSERT_DAYS = `
INSERT INTO revenue AS t (clock, currency, converted, day,
                          gross, discounts, returns, units, units_returned, orders)
SELECT * FROM unnest($1::text[], $2::text[], $3::bool[], $4::date[],
                     $5::numeric[], $6::numeric[], $7::numeric[], $8::int8[], $9::int8[], $10::int8[])
ON CONFLICT (clock, currency, converted, day) DO UPDATE
   SET gross = t.gross + excluded.gross, discounts = t.discounts + excluded.discounts,
       returns = t.returns + excluded.returns, units = t.units + excluded.units,
       units_returned = t.units_returned + excluded.units_returned, orders = t.orders + excluded.orders`;

const UPSERT_UNCONVERTED = `
INSERT INTO unconverted_revenue AS t (clock, currency, day, gross, discounts, returns, orders, documents)
SELECT * FROM unnest($1::text[], $2::text[], $3::date[],
                     $4::numeric[], $5::numeric[], $6::numeric[], $7::int8[], $8::int8[])
ON CONFLICT (clock, currency, day) DO UPDATE
   SET gross = t.gross + excluded.gross, discounts = t.discounts + excluded.discounts,
       returns = t.returns + excluded.returns, orders = t.orders + excluded.orders,
       documents = t.documents + excluded.documents`;

/** Adds a batch's ledgers to the tables: one statement a table. */
export async function addToTables(client: ProjectionClient, ledgers: Ledgers): Promise<void> {
  const { categories, days, unconverted } = rowsOf(ledgers);
  if (categories.length > 0) {
    const category = textArray(categories.map((row) => row.category));
    const values = [
      ...keys(categories),
      dates(categories),
      category,
      ...amounts(categories),
      ...counts(categories),
    ];
    await client.query({ name: 'revenue-categories', text: UPSERT_CATEGORIES, values });
  }
  if (days.length > 0) {
    const values = [...keys(days), dates(days), ...amounts(days), ...counts(days)];
    await client.query({ name: 'revenue-days', text: UPSERT_DAYS, values });
  }
  if (unconverted.length > 0) {
    const documents = int8Array(unconverted.map((row) => row.totals.documents));
    const [clock, currency] = keys(unconverted);
    const values = [
      clock,
      currency,
      dates(unconverted),
      ...amounts(unconverted),
      orders(unconverted),
      documents,
    ];
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

function keys(rows: Row[]): [Buffer, Buffer, Buffer] {
  return [
    textArray(rows.map((row) => row.clock)),
    textArray(rows.map((row) => row.ledger.currency)),
    boolArray(rows.map((row) => row.ledger.kind === 'converted')),
  ];
}

function dates(rows: Row[]): Buffer {
  return dateArray(rows.map((row) => row.day));
}

function amounts(rows: Row[]): Buffer[] {
  return [
    numericArray(rows.map((row) => row.totals.gross.value)),
    numericArray(rows.map((row) => row.totals.discounts.value)),
    numericArray(rows.map((row) => row.totals.returns.value)),
  ];
}

function counts(rows: Row[]): Buffer[] {
  return [
    int8Array(rows.map((row) => row.totals.units.value)),
    int8Array(rows.map((row) => row.totals.unitsReturned.value)),
    orders(rows),
  ];
}

function orders(rows: Row[]): Buffer {
  return int8Array(rows.map((row) => row.totals.orders));
}
