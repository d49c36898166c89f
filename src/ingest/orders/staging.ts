import type { Pool, PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { boolArray, int4Array, int8Array, textArray } from '../../postgres/columns';
import type { CsvRow } from '../files/rows';
import type { ReadRow } from './line';
import type { Reason } from './row-values';
import * as sql from './staging.sql';

/** A row of the file, and whether it was refused already. */
export interface StagedRow extends CsvRow {
  refused: boolean;
}

/** The rows of one order or credit note, in the order of the file. */
export interface StagedDocument {
  id: string;
  isCreditNote: boolean;
  /** earliest time of its rows, Unix milliseconds; undefined where no row and no default says one */
  orderedAt: number | undefined;
  /** latest time of its rows */
  lastOrderedAt: number | undefined;
  rows: StagedRow[];
}

/** A row that is the reason why it, or its whole document, is left out. */
export interface RefusedRow {
  row: number;
  documentId: string;
  reason: Reason;
}

export interface RejectedRow {
  row: number;
  documentId: string;
  /** the number of the row that is the reason, where that is another one */
  reason: Reason | number;
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
  ordered_at: number | null;
  last_ordered_at: number | null;
  lines: number;
  row_number: number | null;
  refused: boolean;
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
  private rejectsComplete = false;

  private constructor(
    private readonly client: PoolClient,
    /** a refused row leaves its whole document out */
    readonly whole: boolean,
  ) {}

  /** @param options.whole a refused row leaves its whole document out */
  static async open(pool: Pool, { whole }: { whole: boolean }): Promise<Staging> {
    const client = await pool.connect();
    try {
      await client.query(sql.CREATE_TABLES);
    } catch (error) {
      client.release(true);
      throw error;
    }
    return new Staging(client, whole);
  }

  /** Adds rows of the file. @param read what was read of each of `rows`, in their order */
  async add(rows: readonly CsvRow[], read: readonly ReadRow[]): Promise<void> {
    await this.query(sql.INSERT_LINES, [
      int4Array(rows.map(({ row }) => row)),
      textArray(read.map(({ documentId }) => storable(documentId))),
      int8Array(read.map(({ orderedAt }) => orderedAt ?? null)),
      int4Array(read.map(({ quantity }) => (quantity === undefined ? null : Math.sign(quantity)))),
      boolArray(read.map(({ reason }) => reason !== undefined)),
      textArray(rows.map(({ cells }) => JSON.stringify(cells))),
    ]);
    await this.refuse(
      rows.flatMap(({ row }, i) => {
        const { documentId = '', reason } = read[i] ?? {};
        return reason ? [{ row, documentId, reason }] : [];
      }),
    );
  }

  /** Reads all rows again: the end of the file has shown that they mean something else. */
  async readAgain(read: (row: CsvRow) => ReadRow): Promise<void> {
    await this.query(sql.SET_ASIDE);
    for (let after = 0; ; ) {
      const { rows } = await this.query<{ row_number: number; cells: string }>(sql.SELECT_ROWS_BEFORE, [
        after,
      ]);
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.row_number;
      const page = rows.map(({ row_number, cells }) => ({
        row: row_number,
        cells: JSON.parse(cells) as string[],
      }));
      await this.add(page, page.map(read));
    }
    await this.query(sql.DROP_ROWS_BEFORE);
  }

  /**
   * Groups the rows into documents, once all rows are added.
   * @param creditNotePrefix what the ids of credit notes begin with
   * @param orderedAt Unix milliseconds: the time of documents that say none
   * @returns how many documents there are
   */
  async group(creditNotePrefix: string, orderedAt: number | undefined): Promise<number> {
    await this.query('ANALYZE import_lines');
    await this.query(sql.INSERT_KINDS, [creditNotePrefix]);
    await this.query('ANALYZE import_kinds');
    await this.query(sql.REFUSE_WRONG_SIGNS, [this.whole]);
    await this.query(sql.INSERT_DOCUMENTS, [orderedAt ?? null]);
    await this.query(sql.INDEX_TABLES);
    const { rows } = await this.query<{ documents: number }>(sql.COUNT_DOCUMENTS);
    return rows[0]?.documents ?? 0;
  }

  /**
   * The documents in the order of their times, then ids. Each page is a statement of its own. One with too
   * many lines is refused, and comes without its rows.
   */
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
        const { rows: staged } = documentOf(page, row);
        if (row.row_number === null || row.cells === null) await this.refuseTooLong(row);
        else
          staged.push({
            row: row.row_number,
            refused: row.refused,
            cells: JSON.parse(row.cells) as string[],
          });
      }
      yield* page.values();
    }
  }

  /**
   * Records why rows cannot be used.
   * @param whole the other rows of their documents are left out with them, whatever the import is set to
   */
  async refuse(refused: readonly RefusedRow[], { whole = this.whole } = {}): Promise<void> {
    if (refused.length === 0) return;
    await this.query(sql.INSERT_REJECTS, [
      int4Array(refused.map(({ row }) => row)),
      textArray(refused.map(({ documentId }) => storable(documentId))),
      textArray(refused.map(({ reason }) => reason.label)),
      textArray(refused.map(({ reason }) => (reason.detail === undefined ? null : storable(reason.detail)))),
      whole,
    ]);
  }

  /**
   * How many rows were refused for each reason, the most frequent first. To be called after the last
   * `refuse`.
   */
  async countReasons(): Promise<RejectCount[]> {
    await this.completeRejects();
    return (await this.query<RejectCount>(sql.COUNT_REJECTS)).rows;
  }

  /** How many rows were not imported, those that are left out with another one included. */
  async countRejects(): Promise<number> {
    await this.completeRejects();
    return (await this.query<{ rows: number }>(sql.COUNT_REJECTED_ROWS)).rows[0]?.rows ?? 0;
  }

  /** Forgets why rows of a document cannot be used. */
  async acquit(documentId: string): Promise<void> {
    await this.query(sql.DELETE_REJECTS, [storable(documentId)]);
  }

  /** The rejected rows in the order of the file. */
  async *rejects(): AsyncGenerator<RejectedRow[]> {
    await this.completeRejects();
    for (let after = 0; ; ) {
      const { rows } = await this.query<{
        row_number: number;
        document_id: string;
        label: string | null;
        detail: string | null;
        with_row: number | null;
        cells: string;
      }>(sql.SELECT_REJECTS, [after]);
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.row_number;
      yield rows.map(({ row_number, document_id, label, detail, with_row, cells }) => ({
        row: row_number,
        documentId: document_id,
        reason: with_row ?? { label: label ?? '', detail: detail ?? undefined },
        cells: JSON.parse(cells) as string[],
      }));
    }
  }

  close(): void {
    // The tables go with the session.
    this.client.release(true);
  }

  private async completeRejects(): Promise<void> {
    if (this.rejectsComplete) return;
    this.rejectsComplete = true;
    await this.query(sql.COMPLETE_REJECTS);
  }

  /**
   * Runs one statement at a time: a session has one connection, and pages are read while rows are refused.
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

  private async refuseTooLong({ document_id, lines }: DocumentRow): Promise<void> {
    await this.query(sql.REFUSE_DOCUMENT, [
      document_id,
      'too many lines in one document',
      `${lines} lines; the most is ${MAX_DOCUMENT_LINES}`,
    ]);
  }
}

function documentOf(page: Map<number, StagedDocument>, row: DocumentRow): StagedDocument {
  let document = page.get(row.number);
  if (document === undefined) {
    document = {
      id: row.document_id,
      isCreditNote: row.is_credit_note,
      orderedAt: row.ordered_at ?? undefined,
      lastOrderedAt: row.last_ordered_at ?? undefined,
      rows: [],
    };
    page.set(row.number, document);
  }
  return document;
}

/** PostgreSQL's text cannot hold U+0000. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
