import { fstatSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { rowFormat } from '../files/format-row';
import { REJECT_COLUMNS } from '../files/header';
import { beginReplacement } from '../files/replacement';
import type { Table } from '../files/table';
import { InputError } from '../input-error';
import type { ImportReport, RejectsOutcome } from './report';
import type { RejectedRow } from './staging';

/**
 * A file of the rejected rows in the form of the file they are from: its columns, after three more. Once
 * mended, it can be imported with the same options.
 */
export interface RejectsFile {
  /**
   * Writes the file and puts it in its place, or leaves what is there.
   * @param report what the import did
   */
  write(
    table: Pick<Table, 'form' | 'header'>,
    rejects: AsyncIterable<RejectedRow[]>,
    report: Pick<ImportReport, 'dryRun' | 'interrupted' | 'rejected' | 'orders' | 'creditNotes'>,
  ): Promise<RejectsOutcome>;
  close(): Promise<void>;
}

/**
 * Begins the file before anything is imported, so that a bad path is noticed in time.
 * @param input path of the file that is imported, or `-`: the rejects are never written over it
 * @throws InputError
 */
export async function createRejectsFile(path: string, input: string): Promise<RejectsFile> {
  const file = await beginReplacement(path, await statsOfInput(input)).catch((error: Error) => {
    throw new InputError(`Cannot write the rejects to ${path}: ${error.message}`);
  });
  return {
    async write({ form, header }, rejects, report) {
      if (report.interrupted) return 'left: stopped';
      const imported = report.dryRun ? 0 : report.orders + report.creditNotes;
      if (file.replaces && report.rejected.rows === 0) return 'not needed';
      if (file.replaces && imported === 0) return 'left: nothing imported';
      const format = rowFormat(form);
      await file.write(Buffer.concat([format.start(), format.rows([[...REJECT_COLUMNS, ...header]])]));
      for await (const page of rejects) await file.write(format.rows(page.map(rejectCells)));
      await file.commit();
      return 'written';
    },
    close: () => file.discard(),
  };
}

const rejectCells = ({ row, documentId, reason, cells }: RejectedRow): string[] => [
  String(row),
  documentId,
  toldReason(reason),
  ...cells,
];

function toldReason(reason: RejectedRow['reason']): string {
  if (typeof reason === 'number') return `with row ${reason}`;
  const { label, detail } = reason;
  return detail === undefined ? label : `${label}: ${detail}`;
}

/** undefined where it is not there or not readable, which the import itself says */
async function statsOfInput(input: string): Promise<Stats | undefined> {
  try {
    return input === '-' ? fstatSync(0) : await stat(input);
  } catch {
    return undefined;
  }
}
