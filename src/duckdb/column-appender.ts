import {
  BIGINT,
  BLOB,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { textEntries, WORDS_PER_TEXT } from './text-entries';

/** A DuckDB vector has so many rows at most. */
export const VECTOR_ROWS = 2_048;
/** What was appended goes to the table after so many chunks; the appender has a copy of it until then. */
const CHUNKS_AT_ONCE = 8;
const INT_WORDS = 1;
const LONG_WORDS = 2;

/** Values of a column: texts as places in a heap, or numbers as they lie in a vector. */
export type AppendedColumn = { starts: Int32Array; lengths: Int32Array } | Int32Array | BigInt64Array;

export type ColumnKind = 'text' | 'int' | 'long';

const TYPES: Record<ColumnKind, DuckDBType> = { text: VARCHAR, int: INTEGER, long: BIGINT };

/**
 * Appends rows to a table by whole columns, without a JavaScript value for a text.
 *
 * Texts are not copied one by one. The heap that they lie in is given to DuckDB as one BLOB, and each text
 * becomes an entry with its place in that copy (`text-entries.ts`). The BLOB is a vector of its own, which
 * lives until DuckDB has taken the chunk over: then the table has copies of the texts.
 */
export class ColumnAppender {
  private readonly chunk: DuckDBDataChunk;
  private readonly heap = DuckDBDataChunk.create([BLOB]);
  private readonly entries = new Int32Array(VECTOR_ROWS * WORDS_PER_TEXT);
  private chunks = 0;

  private constructor(
    private readonly appender: DuckDBAppender,
    kinds: readonly ColumnKind[],
  ) {
    this.chunk = DuckDBDataChunk.create(kinds.map((kind) => TYPES[kind]));
  }

  /** @param kinds of the table's columns, in their order */
  static async open(
    connection: DuckDBConnection,
    table: string,
    kinds: readonly ColumnKind[],
  ): Promise<ColumnAppender> {
    return new ColumnAppender(await connection.createAppender(table), kinds);
  }

  /**
   * Appends rows.
   * @param rows number of them, VECTOR_ROWS at most
   * @param heap of all texts
   * @param columns in the order of the table's
   */
  append(rows: number, heap: Buffer, columns: readonly AppendedColumn[]): void {
    const { chunk, entries } = this;
    chunk.reset();
    chunk.rowCount = rows;
    const address = this.keep(heap);
    for (const [index, column] of columns.entries()) {
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
      if (column instanceof Int32Array) copyWords(vector, column.buffer, rows * INT_WORDS);
      else if (column instanceof BigInt64Array) copyWords(vector, column.buffer, rows * LONG_WORDS);
      else {
        textEntries(entries, rows, heap, column, address);
        copyWords(vector, entries.buffer, rows * WORDS_PER_TEXT);
      }
    }
    this.appender.appendDataChunk(chunk);
    if (++this.chunks % CHUNKS_AT_ONCE === 0) this.appender.flushSync();
  }

  /** The table has all rows then. */
  close(): void {
    this.appender.closeSync();
  }

  /** Has DuckDB keep a copy of some bytes until the next ones. @returns its address: low and high word */
  private keep(bytes: Buffer): readonly [low: number, high: number] {
    this.heap.reset();
    this.heap.rowCount = 1;
    const vector = duckdb.data_chunk_get_vector(this.heap.chunk, 0);
    duckdb.vector_assign_string_element_len(vector, 0, bytes);
    const [, , low = 0, high = 0] = new Uint32Array(duckdb.vector_get_data(vector, 16).slice().buffer);
    return [low, high];
  }
}

function copyWords(vector: duckdb.Vector, words: ArrayBufferLike, count: number): void {
  duckdb.copy_data_to_vector(vector, 0, words as ArrayBuffer, 0, count * 4);
}
