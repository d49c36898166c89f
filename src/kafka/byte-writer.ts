const FIRST_BYTES = 1024;
/** Up to here a loop over the characters is faster than a call into V8's encoder. */
const SHORT_TEXT = 64;
const LONGEST_VARINT = 5;

/** Writes the types of Kafka's protocol into one buffer, which grows. */
export class ByteWriter {
  private buffer: Buffer;
  #length = 0;

  /** @param bytes how many there will be, about */
  constructor(bytes = FIRST_BYTES) {
    this.buffer = Buffer.allocUnsafe(bytes);
  }

  /** How many bytes have been written. */
  get length(): number {
    return this.#length;
  }

  /** What has been written so far: a view, which whatever is written later may leave behind. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.#length);
  }

  int8(value: number): void {
    this.#reserve(1);
    this.#length = this.buffer.writeInt8(value, this.#length);
  }

  int16(value: number): void {
    this.#reserve(2);
    this.#length = this.buffer.writeInt16BE(value, this.#length);
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#length = this.buffer.writeInt32BE(value, this.#length);
  }

  int64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.buffer.writeBigInt64BE(value, this.#length);
  }

  /** Writes 32 bits, unsigned, over what stands at an offset. */
  setUint32(offset: number, value: number): void {
    this.buffer.writeUInt32BE(value, offset);
  }

  /** Zigzag and base 128: the small ones, of either sign, take one byte. */
  varint(value: number): void {
    this.#reserve(LONGEST_VARINT);
    this.#length = this.#varintAt(this.#length, value);
  }

  /** A string of at most 32,767 bytes behind its length in 16 bits. */
  string(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.int16(bytes);
    this.#reserve(bytes);
    this.#length += this.buffer.write(text, this.#length);
  }

  /** A string, or null, behind its length as a varint. */
  varintString(text: string | null): void {
    if (text === null) this.varint(-1);
    else if (text.length > SHORT_TEXT || !this.#shortAscii(text)) {
      const bytes = Buffer.byteLength(text);
      this.varint(bytes);
      this.#reserve(bytes);
      this.#length += this.buffer.write(text, this.#length);
    }
  }

  /** Bytes behind their length as a varint. */
  varintBytes(bytes: Buffer): void {
    this.varint(bytes.length);
    this.#reserve(bytes.length);
    this.#length += bytes.copy(this.buffer, this.#length);
  }

  /**
   * Writes the length of what `write` writes as a varint before it.
   * @param about that length, as good as it is known: what has been written moves where the real one takes
   *   more or fewer bytes
   */
  behindItsLength(about: number, write: () => void): void {
    const before = this.#length;
    const room = sizeOfVarint(about);
    this.#reserve(LONGEST_VARINT);
    this.#length += room;
    write();
    const bytes = this.#length - before - room;
    const size = sizeOfVarint(bytes);
    if (size !== room) {
      this.#reserve(LONGEST_VARINT);
      this.buffer.copyWithin(before + size, before + room, this.#length);
      this.#length += size - room;
    }
    this.#varintAt(before, bytes);
  }

  /** false, with nothing written, when the text has other characters than ASCII */
  #shortAscii(text: string): boolean {
    this.#reserve(LONGEST_VARINT + text.length);
    const { buffer } = this;
    let at = this.#varintAt(this.#length, text.length);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      buffer[at++] = code;
    }
    this.#length = at;
    return true;
  }

  #varintAt(offset: number, value: number): number {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    let at = offset;
    for (; rest > 0x7f; rest >>>= 7) this.buffer[at++] = (rest & 0x7f) | 0x80;
    this.buffer[at++] = rest;
    return at;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.buffer.length));
    this.buffer.copy(larger, 0, 0, this.#length);
    this.buffer = larger;
  }
}

function sizeOfVarint(value: number): number {
  let size = 1;
  for (let rest = ((value << 1) ^ (value >> 31)) >>> 0; rest > 0x7f; rest >>>= 7) size++;
  return size;
}
