import { allocate, fixedWidth, HEADER_BYTES, OID, utf8 } from './binary-array';

/**
 * Columns of values as PostgreSQL binary arrays, to give a whole batch to one statement: `INSERT ... SELECT *
 * FROM unnest($1::text[], $2::int8[])`. node-postgres sends a Buffer parameter in binary format, so nothing
 * is escaped, quoted or parsed. Every function takes null for SQL NULL.
 */

/** PostgreSQL counts time from 2000-01-01 UTC; Unix milliseconds. */
export const EPOCH_2000_MS = 946_684_800_000;
const EPOCH_2000_DAYS = 10_957;
const DAY_MS = 86_400_000;
const TWO_POW_32 = 0x1_0000_0000;

/** A timestamptz as PostgreSQL's binary format has it. @param unixMs Unix milliseconds */
export function microsecondsSince2000(unixMs: number): number | bigint {
  const ms = unixMs - EPOCH_2000_MS;
  const microseconds = Math.round(ms * 1000);
  // Some 285 years away from 2000, a double no longer holds every microsecond.
  return Number.isSafeInteger(microseconds) ? microseconds : BigInt(Math.round(ms)) * 1000n;
}

function writeInt8(buffer: Buffer, value: number | bigint, offset: number): void {
  if (typeof value === 'bigint') {
    buffer.writeBigInt64BE(value, offset);
    return;
  }
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no exact integer`);
  buffer.writeInt32BE(Math.floor(value / TWO_POW_32), offset);
  buffer.writeUInt32BE(value >>> 0, offset + 4);
}

/**
 * text[]; for varchar[] and other string types too, by assignment. A value must not contain U+0000.
 * @param bytes of each value in UTF-8, where they are known
 */
export function textArray(values: readonly (string | null)[], bytes?: readonly number[]): Buffer {
  return utf8(OID.text, values, { known: bytes });
}

/** json[] of JSON texts. */
export function jsonArray(values: readonly (string | null)[]): Buffer {
  return utf8(OID.json, values);
}

/** jsonb[] of JSON texts. */
export function jsonbArray(values: readonly (string | null)[]): Buffer {
  return utf8(OID.jsonb, values, { prefix: 1 });
}

/** int4[]. @throws RangeError above 32 bits */
export function int4Array(values: readonly (number | null)[]): Buffer {
  return fixedWidth(OID.int4, 4, values, (buffer, value, offset) => buffer.writeInt32BE(value, offset));
}

/** int8[]. @throws RangeError for a number that is no safe integer, or a bigint above 64 bits */
export function int8Array(values: readonly (number | bigint | null)[]): Buffer {
  return fixedWidth(OID.int8, 8, values, writeInt8);
}

export function boolArray(values: readonly (boolean | null)[]): Buffer {
  return fixedWidth(OID.bool, 1, values, (buffer, value, offset) => {
    buffer[offset] = value ? 1 : 0;
  });
}

/** timestamptz[] of Unix milliseconds. */
export function timestamptzArray(unixMs: readonly (number | null)[]): Buffer {
  return fixedWidth(OID.timestamptz, 8, unixMs, (buffer, value, offset) => {
    writeInt8(buffer, microsecondsSince2000(value), offset);
  });
}

/** date[] of days as 'YYYY-MM-DD'. @throws RangeError for anything else */
export function dateArray(days: readonly (string | null)[]): Buffer {
  return fixedWidth(OID.date, 4, days, (buffer, day, offset) => {
    const unixMs = day.length === 10 ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
    if (Number.isNaN(unixMs)) throw new RangeError(`${day} is no date (YYYY-MM-DD)`);
    buffer.writeInt32BE(unixMs / DAY_MS - EPOCH_2000_DAYS, offset);
  });
}

/** A date alone. @throws RangeError for anything else than 'YYYY-MM-DD' */
export const dateBytes = (day: string): Buffer => dateArray([day]).subarray(HEADER_BYTES + 4);

/** Where the two digits of each byte begin in the canonical form. */
const UUID_BYTES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const UUID_LENGTH = 36;
const HEX_DIGITS = new Int8Array(128).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  HEX_DIGITS[digit.toString(16).charCodeAt(0)] = digit;
  HEX_DIGITS[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/** uuid[] of UUIDs in their canonical form with hyphens. @throws RangeError for anything else */
export function uuidArray(ids: readonly (string | null)[]): Buffer {
  return fixedWidth(OID.uuid, 16, ids, (buffer, id, offset) => {
    // Buffer.write takes no hyphens; with them removed first it takes several times as long.
    let isValid = id.length === UUID_LENGTH;
    for (let i = 0; i < 16; i++) {
      const at = UUID_BYTES[i] ?? 0;
      const high = HEX_DIGITS[id.charCodeAt(at)] ?? -1;
      const low = HEX_DIGITS[id.charCodeAt(at + 1)] ?? -1;
      isValid &&= high >= 0 && low >= 0;
      buffer[offset + i] = high * 16 + low;
    }
    if (!isValid) throw new RangeError(`${id} is no UUID`);
  });
}

const NUMERIC_POSITIVE = 0x0000;
const NUMERIC_NEGATIVE = 0x4000;
const NUMERIC_HEADER_BYTES = 8;

/** Base-10000 digits of a non-negative whole number, most significant first; none for zero. */
function base10000(decimal: string): number[] {
  if (decimal === '0') return [];
  const digits: number[] = [];
  const first = decimal.length % 4;
  if (first > 0) digits.push(Number(decimal.slice(0, first)));
  for (let i = first; i < decimal.length; i += 4) digits.push(Number(decimal.slice(i, i + 4)));
  return digits;
}

/** numeric[] of whole numbers of any size. @throws RangeError for a number that is no safe integer */
export function numericArray(values: readonly (bigint | number | null)[]): Buffer {
  let hasNull = false;
  let bytes = values.length * 4;
  const digitsOf = values.map((value) => {
    if (value === null) {
      hasNull = true;
      return [];
    }
    if (typeof value === 'number' && !Number.isSafeInteger(value))
      throw new RangeError(`${value} is no exact integer`);
    const digits = base10000((value < 0 ? -BigInt(value) : value).toString());
    bytes += NUMERIC_HEADER_BYTES + digits.length * 2;
    return digits;
  });
  const buffer = allocate(OID.numeric, values.length, hasNull, bytes);
  let offset = HEADER_BYTES;
  values.forEach((value, i) => {
    const digits = digitsOf[i] ?? [];
    if (value === null) {
      offset = buffer.writeInt32BE(-1, offset);
      return;
    }
    offset = buffer.writeInt32BE(NUMERIC_HEADER_BYTES + digits.length * 2, offset);
    offset = buffer.writeInt16BE(digits.length, offset);
    offset = buffer.writeInt16BE(Math.max(digits.length - 1, 0), offset);
    offset = buffer.writeUInt16BE(value < 0 ? NUMERIC_NEGATIVE : NUMERIC_POSITIVE, offset);
    offset = buffer.writeInt16BE(0, offset);
    for (const digit of digits) offset = buffer.writeInt16BE(digit, offset);
  });
  return buffer;
}
