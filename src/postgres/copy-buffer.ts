import { microsecondsSince2000 } from './columns';

/** The head of COPY's binary format: its signature, no flags, no extension. */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const FIRST_BYTES = 256 * 1024;
/** More than any value of fixed width takes, with its length. */
const ROOM = 64;
const MAX_INT4 = 2_147_483_647;
const TWO_POW_32 = 0x1_0000_0000;
const NULL_LENGTH = -1;
/** of one digit in base 10000 */
const NUMERIC_DIGITS = 4;
const NUMERIC_HEADER_BYTES = 8;
const NUMERIC_NEGATIVE = 0x4000;
const BASE = 10_000n;
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
/** Up to this length a loop over the string is quicker than a call of Buffer's. */
const SHORT_LENGTH = 40;

/**
 * Rows in the binary format of `COPY ... FROM STDIN`, in one growing buffer: a row, then each of its values.
 * Nothing is escaped or parsed, and PostgreSQL takes a row in half the time that it takes from a statement.
 */
export class CopyBuffer {
  private buffer = Buffer.allocUnsafe(FIRST_BYTES);
  private view = viewOf(this.buffer);
  private at = HEADER.copy(this.buffer);

  /** Begins a row of so many values. */
  row(values: number): void {
    this.need(ROOM);
    this.view.setInt16(this.at, values);
    this.at += 2;
  }

  null(): void {
    this.need(ROOM);
    this.view.setInt32(this.at, NULL_LENGTH);
    this.at += 4;
  }

  /** A text, or a value of another type that is stored as its text (json). It must not contain U+0000. */
  text(value: string): void {
    const { length } = value;
    this.need(length * 3 + ROOM);
    const start = this.at + 4;
    const bytes = (length <= SHORT_LENGTH && this.ascii(value, start)) || this.buffer.write(value, start);
    this.view.setInt32(this.at, bytes);
    this.at = start + bytes;
  }

  bool(value: boolean): void {
    this.need(ROOM);
    this.view.setInt32(this.at, 1);
    this.view.setInt8(this.at + 4, value ? 1 : 0);
    this.at += 5;
  }

  /** @throws RangeError above 16 bits */
  int2(value: number): void {
    if ((value << 16) >> 16 !== value) throw new RangeError(`${value} is no smallint`);
    this.need(ROOM);
    this.view.setInt32(this.at, 2);
    this.view.setInt16(this.at + 4, value);
    this.at += 6;
  }

  /** @throws RangeError above 32 bits */
  int4(value: number): void {
    if (!Number.isInteger(value) || value > MAX_INT4 || value < -MAX_INT4 - 1)
      throw new RangeError(`${value} is no integer of 32 bits`);
    this.need(ROOM);
    this.view.setInt32(this.at, 4);
    this.view.setInt32(this.at + 4, value);
    this.at += 8;
  }

  /** @throws RangeError for a number that is no safe integer, or a bigint above 64 bits */
  int8(value: number | bigint): void {
    this.need(ROOM);
    this.view.setInt32(this.at, 8);
    if (typeof value === 'bigint') {
      if (BigInt.asIntN(64, value) !== value) throw new RangeError(`${value} is no integer of 64 bits`);
      this.view.setBigInt64(this.at + 4, value);
    } else {
      if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no exact integer`);
      this.view.setInt32(this.at + 4, Math.floor(value / TWO_POW_32));
      this.view.setUint32(this.at + 8, value >>> 0);
    }
    this.at += 12;
  }

  /**
   * @param value a whole number
   * @param decimals so many of its last digits stand behind the point
   * @throws RangeError for a number that is no safe integer
   */
  numeric(value: number | bigint, decimals = 0): void {
    if (typeof value === 'number' && !Number.isSafeInteger(value))
      throw new RangeError(`${value} is no exact integer`);
    const behind = Math.ceil(decimals / NUMERIC_DIGITS);
    const digits = base10000(value < 0 ? -value : value, behind * NUMERIC_DIGITS - decimals);
    this.need(digits.length * 2 + ROOM);
    const { view } = this;
    view.setInt32(this.at, NUMERIC_HEADER_BYTES + digits.length * 2);
    view.setInt16(this.at + 4, digits.length);
    view.setInt16(this.at + 6, digits.length - 1 - behind);
    view.setInt16(this.at + 8, value < 0 ? NUMERIC_NEGATIVE : 0);
    view.setInt16(this.at + 10, decimals);
    this.at += 4 + NUMERIC_HEADER_BYTES;
    for (let i = digits.length - 1; i >= 0; i--) {
      view.setInt16(this.at, digits[i] as number);
      this.at += 2;
    }
  }

  /** @param unixMs Unix milliseconds */
  timestamptz(unixMs: number): void {
    this.int8(microsecondsSince2000(unixMs));
  }

  /** A value that is in PostgreSQL's binary format already. */
  binary(value: Uint8Array): void {
    this.need(value.length + ROOM);
    this.view.setInt32(this.at, value.length);
    this.buffer.set(value, this.at + 4);
    this.at += 4 + value.length;
  }

  /** @returns everything that was written, with the end of the format */
  end(): Buffer {
    this.need(ROOM);
    this.view.setInt16(this.at, -1);
    return this.buffer.subarray(0, this.at + 2);
  }

  /** @returns the bytes of a text that is ASCII; 0 where it is not, or empty */
  private ascii(value: string, start: number): number {
    const { buffer } = this;
    const { length } = value;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return 0;
      buffer[start + i] = code;
    }
    return length;
  }

  private need(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.at + bytes));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
    this.view = viewOf(larger);
  }
}

/**
 * Digits in base 10000 of a whole number that is not negative, with some zeros at its end: the last one
 * first.
 */
function base10000(value: number | bigint, zeros: number): number[] {
  const digits: number[] = [];
  let left = typeof value === 'number' ? value : 0;
  if (typeof value === 'bigint' || zeros > 0) {
    let large = BigInt(value) * 10n ** BigInt(zeros);
    for (; large > MAX_SAFE; large /= BASE) digits.push(Number(large % BASE));
    left = Number(large);
  }
  for (; left > 0; left = Math.floor(left / 10_000)) digits.push(left % 10_000);
  return digits;
}

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView =>
  new DataView(buffer, byteOffset, byteLength);
