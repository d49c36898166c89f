import type { Dataset } from '../../lake/datasets/dataset';
import { factOrders } from '../model/orders.fact';
import { factReturns } from '../model/returns.fact';
import { stagingTable } from '../model/staging';
import type { DerivedTable } from '../model/table';
import type { WarehouseSession } from '../session';
import { tallyRelation } from './sql-tallies';
import { dayColumn, type Selection, type Tallies } from './tally';

/** A place that has the rows of the datasets. */
export interface TallySource {
  tally(dataset: Dataset, selection: Selection): Promise<Tallies>;
}

/** A fact table, and its names for the columns of its dataset. */
interface FactOf {
  fact: DerivedTable;
  renamed: Readonly<Record<string, string>>;
}

/**
 * A dataset with a fact table is compared by that, because analysts read it: a mistake on the way there
 * shows, too.
 */
const FACTS: Record<string, FactOf> = {
  order_lines: {
    fact: factOrders,
    renamed: { gross: 'gross_amount', discount: 'discount_amount', net: 'net_amount' },
  },
  returns: {
    fact: factReturns,
    renamed: { amount: 'return_amount', amount_reporting: 'return_reporting' },
  },
};

/** The warehouse: fact tables where there are any, staging tables for the rest. */
export const warehouseSource = (session: WarehouseSession): TallySource => ({
  tally: (dataset, selection) => {
    const facts = FACTS[dataset.name];
    const relation = facts ? factRelation(dataset, facts) : stagingTable(dataset).name;
    return tallyRelation(session, relation, dataset, selection);
  },
});

/**
 * The rows of a fact table under the column names of its dataset. Columns that the fact lacks come from the
 * staging table.
 */
function factRelation(dataset: Dataset, { fact, renamed }: FactOf): string {
  const has = new Set(fact.columns.map(({ name }) => name));
  const columns = dataset.columns.map(({ name }) => {
    const own = renamed[name] ?? name;
    if (name === dayColumn(dataset)) return `d.date AS ${name}`;
    return has.has(own) ? `f.${own} AS ${name}` : `s.${name}`;
  });
  const on = dataset.key.map((name) => `s.${name} = f.${name}`).join(' AND ');
  const staging = columns.some((column) => column.startsWith('s.'))
    ? `LEFT JOIN ${stagingTable(dataset).name} s ON ${on}`
    : '';
  return `
(SELECT ${columns.join(', ')}
   FROM ${fact.name} f JOIN dim_date d ON d.date_key = f.date_key ${staging})`;
}
