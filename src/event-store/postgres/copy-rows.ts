import type { CopySink } from '../../postgres/copy-out';

/** Of each field of a row: where it begins, and its bytes. */
export interface Fields {
  starts: Int32Array;
  lengths: Int32Array;
}

/** Messages of PostgreSQL's protocol begin with a letter and their length, which counts itself. */
const MESSAGE_BYTES = 5;
const LETTER_BYTES = 1;
const [COPY_DATA, COPY_DONE] = [0x64, 0x63];
/** The server may send these at any time: CopyOutResponse, notice, parameter, notification. */
const PASSED_OVER = [0x48, 0x4e, 0x53, 0x41];
/** `PGCOPY`, flags, and the length of an extension that does not exist. */
const HEADER_BYTES = 19;
const FIRST_BYTES = 2 * 1024 * 1024;

/**
 * Finds the rows in what `COPY ... TO STDOUT (FORMAT binary)` sends: each is a message. A field is a place in
 * `heap`; none is null.
 */
export class CopyRows implements CopySink {
  /** whole rows in `heap` */
  rows = 0;
  rest: Buffer | undefined;
  private room = Buffer.allocUnsafeSlow(FIRST_BYTES);
  private view = viewOf(this.room);
  /** in `room`: where the rows that were found begin and end, and all that has come ends */
  private begin = 0;
  private end = 0;
  private filled = 0;
  private hasBegun = false;

  constructor(
    private readonly fields: readonly Fields[],
    private readonly mostRows: number,
    private readonly mostBytes: number,
  ) {}

  /** The rows that were found, with the protocol's bytes between them. */
  get heap(): Buffer {
    return this.room.subarray(this.begin, this.end);
  }

  /** There are so many rows, or so many bytes of rows, that they are to be taken before more are found. */
  get isFull(): boolean {
    return this.rows === this.mostRows || this.end - this.begin >= this.mostBytes;
  }

  add(chunk: Buffer): void {
    if (this.filled + chunk.length > this.room.length) this.makeRoom(chunk.length);
    chunk.copy(this.room, this.filled);
    this.filled += chunk.length;
  }

  /** Finds whole rows until it is full. */
  find(): boolean {
    const { room, view, begin, filled, fields } = this;
    while (!this.isFull) {
      const { end } = this;
      if (end + MESSAGE_BYTES > filled) return false;
      const letter = room[end] as number;
      const next = end + LETTER_BYTES + view.getInt32(end + LETTER_BYTES);
      const isRow = letter === COPY_DATA;
      if (!isRow && letter !== COPY_DONE && !PASSED_OVER.includes(letter)) {
        this.rest = room.subarray(end, filled);
        return false;
      }
      if (next > filled) return false;
      if (isRow) {
        let at = end + MESSAGE_BYTES;
        if (!this.hasBegun) at += HEADER_BYTES;
        this.hasBegun = true;
        // The first message may have no row, and the last has none.
        if (at < next && view.getInt16(at) === fields.length) {
          at += 2;
          for (const { starts, lengths } of fields) {
            const length = view.getInt32(at);
            at += 4;
            starts[this.rows] = at - begin;
            lengths[this.rows] = length;
            at += length;
          }
          this.rows++;
        }
      }
      this.end = next;
    }
    return true;
  }

  /** Gives up the rows that were found. */
  taken(): void {
    this.rows = 0;
    this.begin = this.end;
  }

  private makeRoom(bytes: number): void {
    const { room, begin, filled } = this;
    const kept = filled - begin;
    if (kept + bytes > room.length / 2) {
      this.room = Buffer.allocUnsafeSlow(2 * Math.max(room.length, kept + bytes));
      this.view = viewOf(this.room);
    }
    room.copy(this.room, 0, begin, filled);
    this.begin = 0;
    this.end -= begin;
    this.filled = kept;
  }
}

const viewOf = ({ buffer, byteOffset, length }: Buffer) => new DataView(buffer, byteOffset, length);
