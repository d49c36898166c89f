import { open } from 'node:fs/promises';
import { InputError } from '../input-error';
import type { RejectedRow } from './staging';

/** A file of the rejected rows, in the columns of the original with three before them: mended, it can be imported itself. */
export interface RejectsFile {
  write(header: readonly string[], rejects: AsyncIterable<RejectedRow[]>): Promise<void>;
  close(): Promise<void>;
}

/** Creates the file, so that a place where it cannot be is known before anything is imported. @throws InputError */
export async function createRejectsFile(path: string): Promise<RejectsFile> {
  const file = await open(path, 'w').catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`Cannot write the rejects to ${path}: ${error.message}`);
  });
  return {
    async write(header, rejects) {
      await file.write(csvRow(['row_number', 'document_id', 'reject_reason', ...header]));
      for await (const page of rejects) {
        const rows = page.map(({ row, documentId, reason: { label, detail }, cells }) =>
          csvRow([String(row), documentId, detail === undefined ? label : `${label}: ${detail}`, ...cells]),
        );
        await file.write(rows.join(''));
      }
    },
    close: () => file.close(),
  };
}

function csvRow(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

function csvCell(cell: string): string {
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
