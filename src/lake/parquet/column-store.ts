import duckdb from '@duckdb/node-bindings';
import type { Column, Row, Value } from '../columns/table-definition';
import { BadRowError } from '../datasets/dataset';

/** A DuckDB vector has so many rows, and so has a segment. */
export const SEGMENT_ROWS = 2_048;

/**
 * The first segment of a column begins with so many rows and grows; later segments are full-sized at once.
 */
export const FIRST_ROWS = 8;

/** The bytes that the columns of a buffer hold beside their entries: texts and elements of lists. */
export interface Held {
  bytes: number;
}

/**
 * Up to SEGMENT_ROWS values of a column, laid out as in a DuckDB vector: words of 32 bits, and for each row a
 * bit that is 0 for null.
 */
export class Segment {
  count = 0;
  hasNulls = false;
  /** number of rows that it has room for */
  capacity: number;
  words: Int32Array;
  validity: Uint8Array;

  constructor(
    private readonly wordsPerRow: number,
    rows: number,
  ) {
    this.capacity = rows;
    this.words = new Int32Array(rows * wordsPerRow);
    this.validity = new Uint8Array(rows / 8).fill(0xff);
  }

  /** Makes room for one more row. */
  grow(): void {
    this.capacity *= 2;
    const words = new Int32Array(this.words.length * 2);
    words.set(this.words);
    this.words = words;
    const validity = new Uint8Array(this.validity.length * 2).fill(0xff);
    validity.set(this.validity);
    this.validity = validity;
  }

  addNull(): void {
    const row = this.count++;
    for (let at = row * this.wordsPerRow; at < this.count * this.wordsPerRow; at++) this.words[at] = 0;
    this.validity[row >> 3] = (this.validity[row >> 3] ?? 0) & ~(1 << (row & 7));
    this.hasNulls = true;
  }

  truncate(rows: number): void {
    for (let row = rows; row < this.count; row++) {
      this.validity[row >> 3] = (this.validity[row >> 3] ?? 0) | (1 << (row & 7));
    }
    this.count = rows;
  }

  /** Copies values and nulls into a vector that is empty. */
  copyTo(vector: duckdb.Vector): void {
    copyWords(vector, this.words, this.count * this.wordsPerRow);
    this.copyNulls(vector);
  }

  copyNulls(vector: duckdb.Vector): void {
    if (!this.hasNulls) return;
    // The nulls of a vector come in words of 64 rows; a small segment has room for fewer.
    const bits = new Uint8Array(Math.ceil(this.count / 64) * 8).fill(0xff);
    bits.set(this.validity.subarray(0, Math.ceil(this.count / 8)));
    duckdb.vector_ensure_validity_writable(vector);
    duckdb.copy_data_to_vector_validity(vector, 0, bits.buffer, 0, bits.length);
  }
}

/** Copies the first words of an array to the start of a vector. */
export function copyWords(vector: duckdb.Vector, words: Int32Array, count: number): void {
  duckdb.copy_data_to_vector(vector, 0, words.buffer as ArrayBuffer, words.byteOffset, count * 4);
}

/** The values of a column, laid out as in DuckDB's vectors, so that a vector is filled by copying. */
export abstract class ColumnStore<S extends Segment = Segment> {
  protected readonly segments: S[] = [];

  constructor(
    protected readonly column: Column,
    protected readonly held: Held,
  ) {}

  /**
   * Appends the column's value of each row.
   * @throws BadRowError when a value does not fit; the values before it have been appended then
   */
  add(rows: readonly Row[]): void {
    const { name, nullable } = this.column;
    let segment = this.segments.at(-1);
    for (const row of rows) {
      if (segment === undefined || segment.count === SEGMENT_ROWS) {
        segment = this.newSegment(segment === undefined ? FIRST_ROWS : SEGMENT_ROWS, segment);
        this.segments.push(segment);
      } else if (segment.count === segment.capacity) segment.grow();
      const value = row[name];
      if (value !== null && value !== undefined) this.put(segment, value);
      else if (nullable) segment.addNull();
      else this.refuse(value);
    }
  }

  /** Forgets all rows but the first ones. @param rows number of rows that stay */
  truncate(rows: number): void {
    this.segments.length = Math.ceil(rows / SEGMENT_ROWS);
    const last = this.segments.at(-1);
    last?.truncate(rows - (this.segments.length - 1) * SEGMENT_ROWS);
  }

  /** Fills a vector with the rows of a segment. */
  fill(segment: number, vector: duckdb.Vector): void {
    this.copy(this.segments[segment] as S, vector);
  }

  /** @param before the segment before; its size tells how much the new one may come to hold */
  protected abstract newSegment(rows: number, before: S | undefined): S;

  /** Appends a value that is not null to a segment that has room for it. */
  protected abstract put(segment: S, value: Value): void;

  protected abstract copy(segment: S, vector: duckdb.Vector): void;

  protected refuse(value: Value | undefined): never {
    const { name, type } = this.column;
    throw new BadRowError(
      value === null || value === undefined
        ? `${name} is missing`
        : `${name} is no ${type.kind}: ${describe(value)}`,
    );
  }
}

function describe(value: Value): string {
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? typeof value);
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}
