import type { Dataset } from '../../lake/datasets/dataset';
import type { LakeFile, LakeFiles } from '../lake-files';
import { groups } from '../load/groups';
import { duckDbDialect } from '../sql/duckdb.dialect';
import { mayHold } from '../verify/may-hold';
import { tallyRelation } from '../verify/sql-tallies';
import type { Tallies } from '../verify/tally';
import type { OpenTallySource } from '../verify/verify-session';
import { DuckDbSession } from './duckdb-session';
import { openDatabase } from './open';
import { readParquet } from './read-parquet';

/** The Parquet files of a lake, read by DuckDB. Each dataset is listed once. To be closed. */
export async function openLakeSource(lake: LakeFiles): Promise<OpenTallySource> {
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

/** A file may lack columns that were added later: they are null. */
function withEveryColumn({ columns }: Dataset, relation: string): string {
  const nulls = columns.map(({ name, type }) => `CAST(NULL AS ${duckDbDialect.type(type)}) AS ${name}`);
  return `(SELECT ${nulls.join(', ')} WHERE FALSE UNION ALL BY NAME SELECT * FROM ${relation})`;
}
