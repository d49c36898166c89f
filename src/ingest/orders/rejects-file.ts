import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { InputError } from '../input-error';
import type { RejectedRow } from './staging';

/**
 * A file of the rejected rows: the columns of the original, after three of its own. Once mended, it can be
 * imported.
 */
export interface RejectsFile {
  write(header: readonly string[], rejects: AsyncIterable<RejectedRow[]>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Creates the file before anything is imported, so that a bad path is noticed in time.
 * @throws InputError
 */
export async function createRejectsFile(path: string): Promise<RejectsFile> {
  const file = await openToWrite(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`Cannot write the rejects to ${path}: ${error.message}`);
  });
  return {
    async write(header, rejects) {
      await file.write(csvRow(['row_number', 'document_id', 'reject_reason', ...header]));
      for await (const page of rejects) {
        const rows = page.map(({ row, documentId, reason, cells }) =>
          csvRow([String(row), documentId, toldReason(reason), ...cells]),
        );
        await file.write(rows.join(''));
      }
    },
    close: () => file.close(),
  };
}

function toldReason(reason: RejectedRow['reason']): string {
  if (typeof reason === 'number') return `with row ${reason}`;
  const { label, detail } = reason;
  return detail === undefined ? label : `${label}: ${detail}`;
}

/** Refuses a link to a file, which would be overwritten. Follows a link to a device, such as /dev/stdout. */
async function openToWrite(path: string): Promise<FileHandle> {
  const { O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;
  try {
    return await open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
  } catch (error) {
    const isLink = (error as NodeJS.ErrnoException).code === 'ELOOP';
    if (!isLink) throw error;
    if ((await stat(path)).isFile()) throw new Error('it is a link to another file');
    return open(path, 'w');
  }
}

function csvRow(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

function csvCell(cell: string): string {
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
