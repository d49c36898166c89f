import { WarehouseError } from '../errors';
import type { LakeFile } from '../lake-files';
import type { Holiday } from '../model/date.dimension';
import type { Dialect } from '../model/dialect';
import { loadLedger, loadProgress } from '../model/ledger';
import type { WarehouseSession } from '../session';
import { scratchStatements } from '../sql/ddl';
import { insertRows, ROWS_AT_ONCE } from '../sql/insert-rows';
import { loadStatements } from '../sql/load';
import type { Statement } from '../sql/statement';
import { fillDays } from './fill-days';
import { groups } from './groups';
import type { NewFiles } from './new-files';

/** What a load is doing, for a progress line and the log. */
export interface LoadProgress {
  step: 'read' | 'statement' | 'commit' | 'publish';
  /** what is read or done, such as `order_lines` or `merge stg_orders` */
  name: string;
  /** rows of this step */
  rows: number;
  filesRead: number;
  filesTotal: number;
}

export interface LoadOptions {
  /** all that there are; default: none */
  holidays?: readonly Holiday[];
  /** Unix milliseconds; default now */
  now?: () => number;
  onProgress?: (progress: LoadProgress) => void;
  /** ends the load between two steps; nothing of it stays */
  signal?: AbortSignal;
}

export interface LoadResult {
  files: number;
  /** in these files */
  rows: number;
  /** by table: rows that were written */
  written: Record<string, number>;
  /** up to where the warehouse has the log now; null when the lake did not say */
  through: string | null;
}

/** Of a load that found everything there. */
export const nothingNew = (through: string | null): LoadResult => ({
  files: 0,
  rows: 0,
  written: {},
  through,
});

/**
 * Loads files, all or nothing: staging, dimensions, facts and ledger are one transaction. A file that is
 * loaded a second time changes nothing, and neither does one that has the rows of others, as compaction makes
 * them.
 * @throws WarehouseError when a file does not have the rows that it should; whatever the session throws
 */
export async function loadFiles(
  session: WarehouseSession,
  news: NewFiles,
  options: LoadOptions = {},
): Promise<LoadResult> {
  const { holidays = [], now = Date.now, onProgress = () => {}, signal } = options;
  const { files, count, rows, through } = news;
  const written: Record<string, number> = {};
  let filesRead = 0;
  const report = (step: LoadProgress['step'], name: string, stepRows: number) => {
    onProgress({ step, name, rows: stepRows, filesRead, filesTotal: count });
    signal?.throwIfAborted();
  };
  const runAll = async (statements: readonly Statement[]) => {
    for (const { name, sql } of statements) {
      const changed = await session.run(sql);
      const table = /^(?:merge|fill) (\w+)$/.exec(name)?.[1];
      if (table !== undefined) written[table] = (written[table] ?? 0) + changed;
      report('statement', name, changed);
    }
  };

  await runAll(scratchStatements(session.dialect));
  for (const [dataset, fresh] of files) {
    for (const group of groups(fresh)) {
      const read = await fillChecked(session, dataset, group);
      filesRead += group.length;
      report('read', dataset, read);
    }
  }
  await session.run('BEGIN TRANSACTION');
  try {
    await runAll(loadStatements(session.dialect, new Set(files.keys())));
    await runAll(await fillDays(session, holidays));
    if (count > 0) await runAll(bookkeeping(session.dialect, news, now()));
    report('commit', 'commit', 0);
    await session.run('COMMIT');
  } catch (error) {
    // After a connection is gone there is nothing left to roll back, and the first error is the one to show.
    await session.run('ROLLBACK').catch(() => {});
    throw error;
  }
  return { files: count, rows, written, through };
}

async function fillChecked(
  session: WarehouseSession,
  dataset: string,
  group: readonly LakeFile[],
): Promise<number> {
  const read = await session.fill(dataset, group);
  const expected = group.reduce((sum, file) => sum + file.rows, 0);
  if (read !== expected) {
    const [first, last] = [group[0]?.key, group.at(-1)?.key];
    const what =
      group.length === 1 ? `${first} holds` : `${group.length} files from ${first} to ${last} hold`;
    throw new WarehouseError(`${dataset}: ${what} ${read} rows, and the table of the lake says ${expected}`);
  }
  return read;
}

/**
 * What the ledger says from now on. Files that are not live any more leave it: should a rollback of the lake
 * bring them back, they are loaded again, which changes nothing.
 */
function bookkeeping(
  dialect: Dialect,
  { lake, files, gone, count, through }: NewFiles,
  now: number,
): Statement[] {
  const loadedAt = new Date(now).toISOString();
  const entries = [...files].flatMap(([dataset, loaded]) =>
    loaded.map((file) => ({
      lake_id: lake,
      dataset,
      file_key: file.key,
      row_count: file.rows,
      bytes: file.bytes,
      snapshot_id: file.snapshotId,
      through_position: file.throughPosition,
      loaded_at: loadedAt,
    })),
  );
  const statements = [
    ...[...gone].flatMap(([dataset, keys]) => forget(dialect, dataset, keys)),
    ...insertRows(dialect, loadLedger, entries),
  ];
  if (through === null) return statements;
  const progress = { through_position: through, loaded_at: loadedAt, files: count };
  return [
    ...statements,
    { name: 'clear load_progress', sql: 'DELETE FROM load_progress' },
    ...insertRows(dialect, loadProgress, [progress]),
  ];
}

function forget(dialect: Dialect, dataset: string, keys: readonly string[]): Statement[] {
  const statements: Statement[] = [];
  for (let start = 0; start < keys.length; start += ROWS_AT_ONCE) {
    const list = keys.slice(start, start + ROWS_AT_ONCE).map((key) => dialect.literal(key));
    statements.push({
      name: `forget files of ${dataset}`,
      sql: `DELETE FROM load_ledger WHERE dataset = ${dialect.literal(dataset)} AND file_key IN (${list.join(', ')})`,
    });
  }
  return statements;
}
