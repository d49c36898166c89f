import fc from 'fast-check';
import { CopyRows, type Fields } from './copy-rows';

const FIELDS = 2;

const message = (letter: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
};
const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const row = (texts: readonly string[]): Buffer =>
  Buffer.concat([
    int16(texts.length),
    ...texts.flatMap((text) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(Buffer.byteLength(text));
      return [length, Buffer.from(text)];
    }),
  ]);
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const REST = Buffer.concat([message('C', Buffer.from('COPY 2\0')), message('Z', Buffer.from('I'))]);

/** What a server sends. @param apart the header is a message of its own */
function sent(rows: readonly (readonly string[])[], apart: boolean, end: Buffer): Buffer {
  const [first = int16(-1), ...others] = [...rows.map(row), int16(-1)];
  const beginning = apart
    ? [message('d', HEADER), message('d', first)]
    : [message('d', Buffer.concat([HEADER, first]))];
  const notice = message('N', Buffer.from('SNOTICE\0\0'));
  const bodies = others.flatMap((each, index) => [...(index % 3 === 0 ? [notice] : []), message('d', each)]);
  return Buffer.concat([message('H', Buffer.alloc(7)), ...beginning, ...bodies, end]);
}

/** Gives `bytes` in chunks of some sizes, and takes the rows whenever there are `mostRows`. */
function taken(bytes: Buffer, sizes: readonly number[], mostRows: number, mostBytes: number) {
  const fields: Fields[] = Array.from({ length: FIELDS }, () => ({
    starts: new Int32Array(mostRows),
    lengths: new Int32Array(mostRows),
  }));
  const found = new CopyRows(fields, mostRows, mostBytes);
  const batches: string[][][] = [];
  const take = () => {
    const { heap } = found;
    const text = ({ starts, lengths }: Fields, at: number) =>
      heap.toString('utf8', starts[at], (starts[at] as number) + (lengths[at] as number));
    batches.push(Array.from({ length: found.rows }, (_, at) => fields.map((field) => text(field, at))));
    found.taken();
  };
  let [at, turn] = [0, 0];
  while (found.rest === undefined && at < bytes.length) {
    const next = at + (sizes[turn++ % sizes.length] as number);
    found.add(bytes.subarray(at, next));
    at = next;
    while (found.find()) take();
  }
  if (found.rows > 0) take();
  return { batches, rest: found.rest && Buffer.concat([found.rest, bytes.subarray(at)]) };
}

describe('the rows of a COPY', () => {
  const rows = fc.array(fc.array(fc.string({ unit: 'grapheme' }), { minLength: FIELDS, maxLength: FIELDS }), {
    maxLength: 30,
  });

  it('are found however their bytes come, and those behind them are left', () => {
    fc.assert(
      fc.property(
        rows,
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 8 }),
        (wanted, apart, sizes, mostRows) => {
          const end = Buffer.concat([message('c', Buffer.alloc(0)), REST]);
          const { batches, rest } = taken(sent(wanted, apart, end), sizes, mostRows, 1_000_000);
          expect(batches.flat()).toEqual(wanted);
          expect(batches.slice(0, -1).every((batch) => batch.length === mostRows)).toBe(true);
          expect(rest).toEqual(REST);
        },
      ),
    );
  });

  it('are taken before they have too many bytes, in a room that grows', () => {
    const wanted = Array.from({ length: 12 }, (_, index) => [String(index), 'x'.repeat(1_500_000)]);
    const { batches } = taken(sent(wanted, false, message('c', Buffer.alloc(0))), [65_536], 100, 4_000_000);
    expect(batches.map((batch) => batch.length)).toEqual([3, 3, 3, 3]);
    expect(batches.flat()).toEqual(wanted);
  });

  it('end where the server tells of an error, which is left to be read', () => {
    const error = message('E', Buffer.from('SERROR\0\0'));
    const { batches, rest } = taken(sent([['a', 'b']], false, error), [7], 10, 1_000_000);
    expect([batches, rest]).toEqual([[[['a', 'b']]], error]);
  });
});
