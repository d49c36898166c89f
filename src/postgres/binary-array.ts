/** The binary format of PostgreSQL's one-dimensional arrays; `columns.ts` says what it is good for. */

export const HEADER_BYTES = 20;
const EMPTY_HEADER_BYTES = 12;

export const OID = {
  bool: 16,
  int8: 20,
  int4: 23,
  text: 25,
  json: 114,
  date: 1082,
  timestamptz: 1184,
  numeric: 1700,
  uuid: 2950,
  jsonb: 3802,
} as const;

/**
 * Allocates an array and writes its header: dimensions, has-null flag, element type, length, lower bound.
 * @param elementBytes of all elements, each with the four bytes of its length
 * @returns the buffer, to be filled from HEADER_BYTES on
 */
export function allocate(oid: number, length: number, hasNull: boolean, elementBytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(length === 0 ? EMPTY_HEADER_BYTES : HEADER_BYTES + elementBytes);
  buffer.writeInt32BE(length === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(hasNull ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  if (length > 0) {
    buffer.writeInt32BE(length, 12);
    buffer.writeInt32BE(1, 16);
  }
  return buffer;
}

/** Writes a column whose non-null values all take `width` bytes. */
export function fixedWidth<T>(
  oid: number,
  width: number,
  values: readonly (T | null)[],
  write: (buffer: Buffer, value: T, offset: number) => void,
): Buffer {
  let nulls = 0;
  for (const value of values) if (value === null) nulls++;
  const buffer = allocate(oid, values.length, nulls > 0, values.length * (4 + width) - nulls * width);
  let offset = HEADER_BYTES;
  for (const value of values) {
    if (value === null) {
      buffer.writeInt32BE(-1, offset);
      offset += 4;
    } else {
      buffer.writeInt32BE(width, offset);
      write(buffer, value, offset + 4);
      offset += 4 + width;
    }
  }
  return buffer;
}

/** Up to this length a loop over the string is quicker than a call of Buffer's. */
const SHORT_LENGTH = 40;

function utf8Length(text: string): number {
  if (text.length > SHORT_LENGTH) return Buffer.byteLength(text);
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return Buffer.byteLength(text);
  return text.length;
}

/** @param bytes utf8Length of the text */
function writeUtf8(buffer: Buffer, text: string, offset: number, bytes: number): void {
  // As many bytes as code units: ASCII, which is copied without a look at its characters.
  if (bytes !== text.length) buffer.write(text, offset, 'utf8');
  else if (bytes > SHORT_LENGTH) buffer.write(text, offset, 'latin1');
  else for (let i = 0; i < bytes; i++) buffer[offset + i] = text.charCodeAt(i);
}

export interface Utf8Options {
  /** a byte before each value: jsonb's version */
  prefix?: number;
  /** bytes of each value, where they are known; otherwise they are counted */
  known?: readonly number[];
}

/** Writes a column of UTF-8 strings. */
export function utf8(
  oid: number,
  values: readonly (string | null)[],
  { prefix, known }: Utf8Options = {},
): Buffer {
  const prefixBytes = prefix === undefined ? 0 : 1;
  const lengths = new Int32Array(values.length);
  let bytes = values.length * 4;
  let hasNull = false;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null;
    if (value === null) {
      hasNull = true;
      lengths[i] = -1;
    } else {
      const length = (known?.[i] ?? utf8Length(value)) + prefixBytes;
      lengths[i] = length;
      bytes += length;
    }
  }
  const buffer = allocate(oid, values.length, hasNull, bytes);
  let offset = HEADER_BYTES;
  for (let i = 0; i < values.length; i++) {
    const length = lengths[i] ?? -1;
    buffer.writeInt32BE(length, offset);
    offset += 4;
    if (length < 0) continue;
    if (prefix !== undefined) buffer[offset] = prefix;
    writeUtf8(buffer, values[i] ?? '', offset + prefixBytes, length - prefixBytes);
    offset += length;
  }
  return buffer;
}
