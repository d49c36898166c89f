import { OvertakenError } from '../../concurrency/keep-trying';
import type { TableDefinition } from '../columns/table-definition';
import { type AppendResult, appendFiles } from '../iceberg/append';
import type { Catalog, LoadedTable } from '../iceberg/committer';
import type { DataFile } from '../iceberg/data-file';
import { TableError } from '../iceberg/errors';
import { sayingHowToMend } from './how-to-mend';
import { atCut, type CutStamp, cutOf, RESUME_AFTER, rolledBackTo, storeOf, summaryOf } from './stamp';

export interface AppendOptions {
  /**
   * the value of RESUME_AFTER, when the cuts behind it are being exported again; nothing else may be added
   * before them. Default: none
   */
  resuming?: string;
}

/**
 * Commits the files of a cut to a table, once: a second exporter of the same cut finds them there.
 * @param files at least one
 * @throws OvertakenError when the table was rolled back meanwhile, or resumed by another exporter; TableError
 *   when it belongs to another event store; CommitConflictError; UnknownOutcomeError
 */
export function appendCut(
  catalog: Catalog,
  definition: TableDefinition,
  files: readonly DataFile[],
  stamp: CutStamp,
  { resuming }: AppendOptions = {},
): Promise<AppendResult> {
  const isDone = (table: LoadedTable) => {
    checkStore(table, stamp);
    checkResuming(table, resuming);
    return (cutOf(table.metadata) ?? -1) >= stamp.number;
  };
  const stamps = { summary: summaryOf(stamp), properties: atCut(stamp.number) };
  return sayingHowToMend(() => appendFiles(catalog, definition, files, { stamp: stamps, isDone }));
}

function checkStore({ name, metadata }: LoadedTable, { store }: CutStamp): void {
  const owner = storeOf(metadata);
  if (owner !== store) throw new TableError(name, `belongs to event store ${owner}, the cut is of ${store}`);
}

function checkResuming({ name, metadata }: LoadedTable, resuming: string | undefined): void {
  if (metadata.properties[RESUME_AFTER] === resuming) return;
  const cut = rolledBackTo(metadata);
  throw new OvertakenError(
    cut === undefined
      ? `table ${name} was resumed by another exporter`
      : `table ${name} was rolled back to cut ${cut}`,
  );
}
