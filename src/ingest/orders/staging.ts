import type { Pool, PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { int4Array, int8Array, textArray } from '../../postgres/columns';
import type { CsvRow } from '../files/rows';
import type { ReadRow, Reason } from './line';
import * as sql from './staging.sql';

/** The usable rows of one order or credit note, in the order of the file. */
export interface StagedDocument {
  id: string;
  isCreditNote: boolean;
  /** earliest time of its rows, Unix milliseconds */
  orderedAt: number;
  rows: CsvRow[];
}

export interface RejectedRow {
  row: number;
  documentId: string;
  reason: Reason;
  cells: string[];
}

export interface RejectCount {
  label: string;
  rows: number;
  firstRow: number;
  firstDetail: string | null;
}

/** How many lines are read back at a time. */
const PAGE_LINES = 5_000;
/** A document with more lines is no order, and several of them would not fit into memory. */
const MAX_DOCUMENT_LINES = 100_000;

interface DocumentRow {
  number: number;
  document_id: string;
  is_credit_note: boolean;
  ordered_at: number;
  lines: number;
  row_number: number | null;
  cells: string | null;
}

/**
 * An order file in temporary tables of one database session. The file is written row by row, and read back
 * document by document. Each statement is a transaction of its own: one that stayed open would keep VACUUM
 * from cleaning up other tables.
 */
export class Staging {
  /** the statement before the next one */
  private previous: Promise<unknown> = Promise.resolve();

  private constructor(private readonly client: PoolClient) {}

  static async open(pool: Pool): Promise<Staging> {
    const client = await pool.connect();
    try {
      await client.query(sql.CREATE_TABLES);
    } catch (error) {
      client.release(true);
      throw error;
    }
    return new Staging(client);
  }

  /** Adds rows of the file. @param read what was read of each of `rows`, in their order */
  async add(rows: readonly CsvRow[], read: readonly ReadRow[]): Promise<void> {
    await this.query(sql.INSERT_LINES, [
      int4Array(rows.map(({ row }) => row)),
      textArray(read.map(({ documentId }) => storable(documentId))),
      int8Array(read.map(({ orderedAt }) => orderedAt ?? null)),
      int4Array(read.map(({ quantity }) => (quantity === undefined ? null : Math.sign(quantity)))),
      textArray(rows.map(({ cells }, i) => (read[i]?.reason ? null : JSON.stringify(cells)))),
    ]);
    await this.reject(
      rows.flatMap(({ row, cells }, i) => {
        const { documentId = '', reason } = read[i] ?? {};
        return reason ? [{ row, documentId, reason, cells }] : [];
      }),
    );
  }

  /**
   * Groups the rows into documents, once all rows are added.
   * @param creditNotePrefix what the ids of credit notes begin with
   * @returns how many documents there are
   */
  async group(creditNotePrefix: string): Promise<number> {
    await this.query('ANALYZE import_lines');
    await this.query(sql.INSERT_KINDS, [creditNotePrefix]);
    await this.query('ANALYZE import_kinds');
    await this.query(sql.REJECT_WRONG_SIGNS);
    await this.query(sql.INSERT_DOCUMENTS);
    await this.query(sql.INDEX_TABLES);
    const { rows } = await this.query<{ documents: number }>(sql.COUNT_DOCUMENTS);
    return rows[0]?.documents ?? 0;
  }

  /** The documents in the order of their times, then ids. Each page is a statement of its own. */
  async *documents(): AsyncGenerator<StagedDocument> {
    for (let after = 0; ; ) {
      const { rows } = await this.query<DocumentRow>({
        name: 'import-documents',
        text: sql.SELECT_DOCUMENTS,
        values: [after, PAGE_LINES, MAX_DOCUMENT_LINES],
      });
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.number;
      const page = new Map<number, StagedDocument>();
      for (const row of rows) {
        if (row.row_number === null || row.cells === null) await this.rejectTooLong(row);
        else
          documentOf(page, row).rows.push({ row: row.row_number, cells: JSON.parse(row.cells) as string[] });
      }
      yield* page.values();
    }
  }

  /** Records rows that cannot be used. */
  async reject(rejects: readonly RejectedRow[]): Promise<void> {
    if (rejects.length === 0) return;
    await this.query(sql.INSERT_REJECTS, [
      int4Array(rejects.map(({ row }) => row)),
      textArray(rejects.map(({ documentId }) => storable(documentId))),
      textArray(rejects.map(({ reason }) => reason.label)),
      textArray(rejects.map(({ reason }) => (reason.detail === undefined ? null : storable(reason.detail)))),
      textArray(rejects.map(({ cells }) => JSON.stringify(cells))),
    ]);
  }

  /**
   * How many rows were rejected for each reason, the most frequent first. To be called after the last
   * `reject`.
   */
  async countRejects(): Promise<RejectCount[]> {
    await this.query(sql.INDEX_REJECTS);
    const { rows } = await this.query<RejectCount>(sql.COUNT_REJECTS);
    return rows;
  }

  /** The rejected rows in the order of the file. */
  async *rejects(): AsyncGenerator<RejectedRow[]> {
    for (let after = 0; ; ) {
      const { rows } = await this.query<{
        row_number: number;
        document_id: string;
        label: string;
        detail: string | null;
        cells: string;
      }>(sql.SELECT_REJECTS, [after]);
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.row_number;
      yield rows.map((row) => ({
        row: row.row_number,
        documentId: row.document_id,
        reason: { label: row.label, detail: row.detail ?? undefined },
        cells: JSON.parse(row.cells) as string[],
      }));
    }
  }

  close(): void {
    // The tables go with the session.
    this.client.release(true);
  }

  /**
   * Runs one statement at a time: a session has one connection, and pages are read while rows are rejected.
   */
  private query<R extends QueryResultRow>(
    statement: string | QueryConfig,
    values?: unknown[],
  ): Promise<QueryResult<R>> {
    const run = () => this.client.query<R>(statement, values);
    const result = this.previous.then(run, run);
    this.previous = result;
    return result;
  }

  private async rejectTooLong({ document_id, lines }: DocumentRow): Promise<void> {
    await this.query(sql.REJECT_DOCUMENT, [
      document_id,
      'too many lines in one document',
      `${lines} lines; the most is ${MAX_DOCUMENT_LINES}`,
    ]);
  }
}

function documentOf(page: Map<number, StagedDocument>, row: DocumentRow): StagedDocument {
  let document = page.get(row.number);
  if (document === undefined) {
    document = { id: row.document_id, isCreditNote: row.is_credit_note, orderedAt: row.ordered_at, rows: [] };
    page.set(row.number, document);
  }
  return document;
}

/** PostgreSQL's text cannot hold U+0000. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
