import type { Dataset } from '../../export/dataset';
import { DuckDbSession } from '../duckdb/duckdb-session';
import { openDatabase } from '../duckdb/open';
import { readParquet } from '../duckdb/read-parquet';
import { groups } from '../load/groups';
import type { LakeFile, LakeFiles } from '../load/lake-files';
import type { WarehouseSession } from '../load/session';
import { factOrders } from '../model/orders.fact';
import { factReturns } from '../model/returns.fact';
import { stagingTable } from '../model/staging';
import type { DerivedTable } from '../model/table';
import { duckDbDialect } from '../sql/duckdb.dialect';
import { mayHold } from './may-hold';
import { tallyRelation } from './sql-tallies';
import { dayColumn, type Selection, type Tallies } from './tally';

/** Something that has the rows of the datasets. */
export interface TallySource {
  tally(dataset: Dataset, selection: Selection): Promise<Tallies>;
}

/** A fact table, and what it calls the columns of the dataset that it is made of. */
interface FactOf {
  fact: DerivedTable;
  renamed: Readonly<Record<string, string>>;
}

/** What analysts read stands for the datasets that it is made of: a mistake on the way there shows, too. */
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

/** The warehouse: facts where there are any, staging tables for the rest. */
export const warehouseSource = (session: WarehouseSession): TallySource => ({
  tally: (dataset, selection) => {
    const facts = FACTS[dataset.name];
    const relation = facts ? factRelation(dataset, facts) : stagingTable(dataset).name;
    return tallyRelation(session, relation, dataset, selection);
  },
});

/**
 * The rows of a fact table by the columns of its dataset; what it does not have of them is that of its
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

/** The Parquet files of a lake, read by DuckDB. The files are listed once. Close it when done. */
export async function openLakeSource(lake: LakeFiles): Promise<TallySource & { close(): void }> {
  const { connection, close } = await openDatabase(':memory:', 'READ_WRITE');
  const session = new DuckDbSession(connection);
  const listed = new Map<string, LakeFile[]>();
  const filesOf = async ({ name }: Dataset): Promise<LakeFile[]> => {
    const known = listed.get(name);
    if (known !== undefined) return known;
    const files: LakeFile[] = [];
    for await (const file of lake.files(name)) files.push(file);
    listed.set(name, files);
    return files;
  };
  return {
    close,
    async tally(dataset, selection) {
      const tallies: Tallies = new Map();
      const files = (await filesOf(dataset)).filter((file) => mayHold(dataset, file, selection));
      for (const group of groups(files)) {
        const paths: string[] = [];
        for (const file of group) paths.push(await file.localPath());
        const relation = withEveryColumn(dataset, readParquet(paths));
        await tallyRelation(session, relation, dataset, selection, tallies);
      }
      return tallies;
    },
  };
}

/** Files may lack columns that were added later: these are null. */
function withEveryColumn({ columns }: Dataset, relation: string): string {
  const nulls = columns.map(({ name, type }) => `CAST(NULL AS ${duckDbDialect.type(type)}) AS ${name}`);
  return `(SELECT ${nulls.join(', ')} WHERE FALSE UNION ALL BY NAME SELECT * FROM ${relation})`;
}
