import type { Dialect } from '../model/dialect';
import { loadLedger, loadProgress } from '../model/ledger';
import { insertRows, ROWS_AT_ONCE } from '../sql/insert-rows';
import type { Statement } from '../sql/statement';
import type { NewFiles } from './new-files';

/**
 * Statements that bring ledger and progress up to date. Files that are not live any more leave the ledger:
 * should a rollback of the lake bring them back, they are loaded again, which changes nothing.
 * @param now Unix milliseconds
 */
export function ledgerStatements(
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
    deleteFrom(loadProgress.name, 'clear load_progress', 'DELETE FROM load_progress'),
    ...insertRows(dialect, loadProgress, [progress]),
  ];
}

function forget(dialect: Dialect, dataset: string, keys: readonly string[]): Statement[] {
  const statements: Statement[] = [];
  for (let start = 0; start < keys.length; start += ROWS_AT_ONCE) {
    const list = keys.slice(start, start + ROWS_AT_ONCE).map((key) => dialect.literal(key));
    const sql = `DELETE FROM load_ledger WHERE dataset = ${dialect.literal(dataset)} AND file_key IN (${list.join(', ')})`;
    statements.push(deleteFrom(loadLedger.name, `forget files of ${dataset}`, sql));
  }
  return statements;
}

const deleteFrom = (object: string, label: string, sql: string): Statement => ({
  kind: 'delete',
  object,
  label,
  sql,
});
