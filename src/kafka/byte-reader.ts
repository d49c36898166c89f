/** Reads what stands in bytes one after the other, as Kafka's protocol writes it. */
export class ByteReader {
  constructor(
    readonly bytes: Buffer,
    public at = 0,
  ) {}

  int16(): number {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }

  /** @returns decimal */
  int64(): string {
    this.at += 8;
    return this.bytes.readBigInt64BE(this.at - 8).toString();
  }

  /** Bytes of the buffer itself, not a copy; none where the length is negative. */
  take(length: number): Buffer {
    const start = this.at;
    this.at += Math.max(length, 0);
    return this.bytes.subarray(start, this.at);
  }

  /** A whole number of at most 32 bits, zigzag and in groups of seven bits from the lowest. */
  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at] as number;
      this.at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
  }

  skipVarint(): void {
    while ((this.bytes[this.at] as number) >= 0x80) this.at += 1;
    this.at += 1;
  }

  /** null where the length is negative */
  varintBytes(): Buffer | null {
    const length = this.varint();
    return length < 0 ? null : this.take(length);
  }

  skipVarintBytes(): void {
    const length = this.varint();
    this.at += Math.max(length, 0);
  }
}
