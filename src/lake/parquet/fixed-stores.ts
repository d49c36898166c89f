import duckdb from '@duckdb/node-bindings';
import type { Column, Value } from '../columns/table-definition';
import { ColumnStore, type Held, Segment } from './column-store';

const WORD = 2 ** 32;
const MICROSECONDS = 1_000;
const LONG_LIMIT = 2n ** 63n;

/** Values of one, two or four words of 32 bits. */
abstract class FixedStore extends ColumnStore {
  protected abstract readonly wordsPerRow: number;

  protected newSegment(rows: number): Segment {
    return new Segment(this.wordsPerRow, rows);
  }

  protected copy(segment: Segment, vector: duckdb.Vector): void {
    segment.copyTo(vector);
  }
}

/** `int` and `date`. */
export class IntStore extends FixedStore {
  protected readonly wordsPerRow = 1;

  protected put(segment: Segment, value: Value): void {
    if ((value as number) !== ((value as number) | 0)) this.refuse(value);
    segment.words[segment.count++] = value as number;
  }
}

/** `boolean`: a word for each value here, a byte in a vector. */
export class BooleanStore extends FixedStore {
  protected readonly wordsPerRow = 1;

  protected put(segment: Segment, value: Value): void {
    if (typeof value !== 'boolean') this.refuse(value);
    segment.words[segment.count++] = value ? 1 : 0;
  }

  protected override copy(segment: Segment, vector: duckdb.Vector): void {
    const bytes = Uint8Array.from(segment.words.subarray(0, segment.count));
    duckdb.copy_data_to_vector(vector, 0, bytes.buffer, 0, bytes.length);
    segment.copyNulls(vector);
  }
}

/** `long`, `timestamptz` (here in microseconds) and `decimal` of 10 to 18 digits. */
export class LongStore extends FixedStore {
  protected readonly wordsPerRow = 2;
  private readonly factor: number;
  private readonly limit: bigint;

  constructor(column: Column, held: Held) {
    super(column, held);
    this.factor = column.type.kind === 'timestamptz' ? MICROSECONDS : 1;
    this.limit = column.type.kind === 'decimal' ? 10n ** BigInt(column.type.precision) : LONG_LIMIT;
  }

  protected put(segment: Segment, value: Value): void {
    const quick = typeof value === 'number' ? value * this.factor : Number.NaN;
    const at = segment.count * 2;
    if (Number.isSafeInteger(quick)) {
      const high = Math.floor(quick / WORD);
      segment.words[at] = quick - high * WORD;
      segment.words[at + 1] = high;
    } else {
      const whole = wholeOf(value);
      if (whole === undefined) this.refuse(value);
      const exact = whole * BigInt(this.factor);
      if (exact >= this.limit || exact <= -this.limit) this.refuse(value);
      segment.words[at] = Number(BigInt.asIntN(32, exact));
      segment.words[at + 1] = Number(exact >> 32n);
    }
    segment.count++;
  }
}

/** `decimal` of 19 to 38 digits. */
export class HugeStore extends FixedStore {
  protected readonly wordsPerRow = 4;
  private readonly limit: bigint;

  constructor(column: Column, held: Held, precision: number) {
    super(column, held);
    this.limit = 10n ** BigInt(precision);
  }

  protected put(segment: Segment, value: Value): void {
    const at = segment.count * 4;
    const { words } = segment;
    if (Number.isSafeInteger(value)) {
      const high = Math.floor((value as number) / WORD);
      const sign = high < 0 ? -1 : 0;
      words[at] = (value as number) - high * WORD;
      words[at + 1] = high;
      words[at + 2] = sign;
      words[at + 3] = sign;
    } else {
      const exact = wholeOf(value);
      if (exact === undefined || exact >= this.limit || exact <= -this.limit) this.refuse(value);
      for (let word = 0; word < 4; word++)
        words[at + word] = Number(BigInt.asIntN(32, exact >> BigInt(32 * word)));
    }
    segment.count++;
  }
}

/** A whole number as a bigint; undefined when the value is no whole number, or not exact. */
function wholeOf(value: Value): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
}
