const FIRST_BYTES = 1024;
/** For texts up to this length a loop over the characters is faster than a call of V8's encoder. */
const SHORT_TEXT = 64;
const LONGEST_VARINT = 5;

/** Writes the primitive types of Kafka's protocol into a buffer that grows. */
export class ByteWriter {
  private buffer: Buffer;
  private written = 0;

  /** @param bytes about how many will be written */
  constructor(bytes = FIRST_BYTES) {
    this.buffer = Buffer.allocUnsafe(bytes);
  }

  /** The number of bytes written so far. */
  get length(): number {
    return this.written;
  }

  /** The bytes written so far: a view, which may be out of date after the next write. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.written);
  }

  int8(value: number): void {
    this.reserve(1);
    this.written = this.buffer.writeInt8(value, this.written);
  }

  int16(value: number): void {
    this.reserve(2);
    this.written = this.buffer.writeInt16BE(value, this.written);
  }

  int32(value: number): void {
    this.reserve(4);
    this.written = this.buffer.writeInt32BE(value, this.written);
  }

  int64(value: bigint): void {
    this.reserve(8);
    this.written = this.buffer.writeBigInt64BE(value, this.written);
  }

  /** Overwrites four bytes with an unsigned 32-bit integer. */
  setUint32(offset: number, value: number): void {
    this.buffer.writeUInt32BE(value, offset);
  }

  /** Writes a 32-bit integer in zigzag and base 128: a small one of either sign takes one byte. */
  varint(value: number): void {
    this.reserve(LONGEST_VARINT);
    this.written = this.varintAt(this.written, value);
  }

  /** Writes a string of at most 32,767 bytes, preceded by its length in 16 bits. */
  string(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.int16(bytes);
    this.reserve(bytes);
    this.written += this.buffer.write(text, this.written);
  }

  /** Writes a string or null, preceded by its length as a varint. */
  varintString(text: string | null): void {
    if (text === null) this.varint(-1);
    else if (text.length > SHORT_TEXT || !this.shortAscii(text)) {
      const bytes = Buffer.byteLength(text);
      this.varint(bytes);
      this.reserve(bytes);
      this.written += this.buffer.write(text, this.written);
    }
  }

  /** Writes bytes, preceded by their length as a varint. */
  varintBytes(bytes: Buffer): void {
    this.varint(bytes.length);
    this.reserve(bytes.length);
    this.written += bytes.copy(this.buffer, this.written);
  }

  /**
   * Calls `write`, and writes before its output the length of that output, as a varint.
   * @param about an estimate of the length; a good one saves moving the output by a byte
   */
  lengthPrefixed(about: number, write: () => void): void {
    const before = this.written;
    const room = sizeOfVarint(about);
    this.reserve(LONGEST_VARINT);
    this.written += room;
    write();
    const bytes = this.written - before - room;
    const size = sizeOfVarint(bytes);
    if (size !== room) {
      this.reserve(LONGEST_VARINT);
      this.buffer.copyWithin(before + size, before + room, this.written);
      this.written += size - room;
    }
    this.varintAt(before, bytes);
  }

  /** Writes a short text if it is ASCII. @returns false, with nothing written, if it is not */
  private shortAscii(text: string): boolean {
    this.reserve(LONGEST_VARINT + text.length);
    const { buffer } = this;
    let at = this.varintAt(this.written, text.length);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      buffer[at++] = code;
    }
    this.written = at;
    return true;
  }

  private varintAt(offset: number, value: number): number {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    let at = offset;
    for (; rest > 0x7f; rest >>>= 7) this.buffer[at++] = (rest & 0x7f) | 0x80;
    this.buffer[at++] = rest;
    return at;
  }

  private reserve(bytes: number): void {
    const needed = this.written + bytes;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.buffer.length));
    this.buffer.copy(larger, 0, 0, this.written);
    this.buffer = larger;
  }
}

function sizeOfVarint(value: number): number {
  let size = 1;
  for (let rest = ((value << 1) ^ (value >> 31)) >>> 0; rest > 0x7f; rest >>>= 7) size++;
  return size;
}
