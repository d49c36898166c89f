import { StoreUnavailableError } from '../errors';

/** Of each field of a row: where it begins, and its bytes. */
export interface Fields {
  starts: Int32Array;
  lengths: Int32Array;
}

const HEADER_BYTES = 19;
const TRAILER = -1;

/**
 * Finds the rows in what `COPY ... TO STDOUT (FORMAT binary)` sends, piece by piece. A field is a place in
 * `bytes`; none is null.
 */
export class CopyRows {
  /** from the first row that was not taken yet */
  bytes: Buffer = Buffer.alloc(0);
  /** whole rows in `bytes` */
  rows = 0;
  /** where the row behind them begins */
  end = 0;
  private hasBegun = false;
  private hasEnded = false;

  constructor(
    private readonly fields: readonly Fields[],
    private readonly mostRows: number,
    private readonly mostBytes: number,
  ) {}

  /** There are so many rows, or so many bytes of rows, that they are to be taken before more are found. */
  get isFull(): boolean {
    return this.rows === this.mostRows || this.end >= this.mostBytes;
  }

  /** Adds what came next, in parts that are put together here: each byte is copied once. */
  add(parts: readonly Buffer[]): void {
    this.bytes = Buffer.concat([this.bytes, ...parts]);
  }

  /**
   * Finds whole rows until it is full.
   * @returns false when more has to be added first, or there is no more
   */
  find(): boolean {
    if (!this.hasBegun && !this.begin()) return false;
    const { bytes, fields } = this;
    const { length } = bytes;
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    let at = this.end;
    while (!this.isFull) {
      if (at + 2 > length) return false;
      if (view.getInt16(at) === TRAILER) {
        this.hasEnded = true;
        return false;
      }
      at += 2;
      for (const { starts, lengths } of fields) {
        if (at + 4 > length) return false;
        const size = view.getInt32(at);
        at += 4;
        starts[this.rows] = at;
        lengths[this.rows] = size;
        at += size;
      }
      if (at > length) return false;
      this.rows++;
      this.end = at;
    }
    return true;
  }

  /** Gives up the rows that were found. */
  taken(): void {
    this.bytes = this.bytes.subarray(this.end);
    this.rows = 0;
    this.end = 0;
  }

  /** @throws StoreUnavailableError when the server has not sent everything */
  checkEnd(): void {
    if (!this.hasEnded) throw new StoreUnavailableError('The event store broke off in the middle of its log');
  }

  /** Passes the header, which is as long as it says. */
  private begin(): boolean {
    if (this.bytes.length < HEADER_BYTES) return false;
    const length = HEADER_BYTES + this.bytes.readInt32BE(HEADER_BYTES - 4);
    if (this.bytes.length < length) return false;
    this.bytes = this.bytes.subarray(length);
    this.hasBegun = true;
    return true;
  }
}
