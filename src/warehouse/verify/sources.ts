import type { Dataset } from '../../export/dataset';
import { DuckDbSession } from '../duckdb/duckdb-session';
import { openDatabase } from '../duckdb/open';
import { readParquet } from '../duckdb/read-parquet';
import { groups } from '../load/groups';
import type { LakeFile, LakeFiles } from '../load/lake-files';
import type { WarehouseSession } from '../load/session';
import { stagingTable } from '../model/staging';
import { duckDbDialect } from '../sql/duckdb.dialect';
import { mayHold } from './may-hold';
import { tallyRelation } from './sql-tallies';
import type { Selection, Tallies } from './tally';

/** Something that has the rows of the datasets. */
export interface TallySource {
  tally(dataset: Dataset, selection: Selection): Promise<Tallies>;
}

/** What analysts read stands for the datasets that it is made of: a mistake on the way there shows, too. */
const RELATIONS: Record<string, string> = {
  order_lines: `
(SELECT f.*, d.date AS order_date, f.gross_amount AS gross, f.discount_amount AS discount, f.net_amount AS net
   FROM fact_orders f JOIN dim_date d ON d.date_key = f.date_key)`,
  returns: `
(SELECT f.*, d.date AS return_date, f.return_amount AS amount, f.return_reporting AS amount_reporting
   FROM fact_returns f JOIN dim_date d ON d.date_key = f.date_key)`,
};

/** The warehouse: facts where there are any, staging tables for the rest. */
export const warehouseSource = (session: WarehouseSession): TallySource => ({
  tally: (dataset, selection) =>
    tallyRelation(session, RELATIONS[dataset.name] ?? stagingTable(dataset).name, dataset, selection),
});

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
