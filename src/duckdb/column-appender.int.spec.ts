import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ColumnAppender, VECTOR_ROWS } from './column-appender';
import { DuckDb, type DuckDbSession } from './duckdb';
import { textEntries } from './text-entries';

let folder: string;
let duckdb: DuckDb;
let session: DuckDbSession;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-appender-'));
  duckdb = await DuckDb.open({ temporaryFolder: folder });
  session = await duckdb.connect();
});
afterAll(async () => {
  session.close();
  duckdb.close();
  await rm(folder, { recursive: true, force: true });
});

/** A heap with texts one after the other, and where each lies. */
function heapOf(texts: readonly string[]) {
  const parts = texts.map((text) => Buffer.from(text));
  const starts = new Int32Array(VECTOR_ROWS);
  const lengths = new Int32Array(VECTOR_ROWS);
  let end = 0;
  for (const [row, { length }] of parts.entries()) {
    starts[row] = end;
    lengths[row] = length;
    end += length;
  }
  return { heap: Buffer.concat(parts), places: { starts, lengths } };
}

/** Appends texts in portions, and reads the table back. */
async function throughTable(portions: readonly (readonly string[])[]): Promise<unknown[]> {
  await session.run('CREATE OR REPLACE TABLE t(text VARCHAR, n INTEGER, big BIGINT)');
  const appender = await ColumnAppender.open(session.connection, 't', ['text', 'int', 'long']);
  for (const texts of portions) {
    const { heap, places } = heapOf(texts);
    const numbers = Int32Array.from({ length: VECTOR_ROWS }, (_, n) => -n);
    const longs = BigInt64Array.from({ length: VECTOR_ROWS }, (_, n) => 2n ** 62n - BigInt(n));
    appender.append(texts.length, heap, [places, numbers, longs]);
    // DuckDB has its own copy of everything.
    heap.fill(0xff);
    numbers.fill(1);
  }
  appender.close();
  return session.rows('SELECT * FROM t ORDER BY rowid');
}

const rowsOf = (texts: readonly string[]) =>
  texts.map((text, n) => ({ text, n: -n + 0, big: 2n ** 62n - BigInt(n) }));

describe('a table that columns are appended to', () => {
  it('has texts of every length and alphabet', async () => {
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { maxLength: 3 }), async (portions) => {
        expect(await throughTable(portions)).toEqual(portions.flatMap(rowsOf));
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['all short', ['', 'a', 'twelve bytes']],
    ['long at first', ['thirteen byte', 'a', 'much longer than an entry has room for']],
    ['of 12 bytes or 13, beyond ASCII', ['öäüöäü', 'öäüöäüa', 'ααααααα']],
    ['a single one of some bytes', ['ab']],
    ['of a megabyte', ['x'.repeat(1_000_000), 'y']],
  ])('has texts that are %s', async (_, texts) => {
    expect(await throughTable([texts])).toEqual(rowsOf(texts));
  });

  it('has all rows of many full vectors', async () => {
    const portions = Array.from({ length: 20 }, (_, portion) =>
      Array.from({ length: VECTOR_ROWS }, (__, n) => `a text that lies on the heap, number ${portion}/${n}`),
    );
    expect(await throughTable(portions)).toEqual(portions.flatMap(rowsOf));
  });
});

test('pointers carry from the low word to the high one', () => {
  const { heap, places } = heapOf(['abcdefghijklmno', 'p', '0123456789abcdef']);
  const entries = new Int32Array(12).fill(-1);
  textEntries(entries, 3, heap, places, [2 ** 32 - 16, 7]);
  const beginning = (text: string) => Buffer.from(text).readInt32LE();
  expect([...Uint32Array.from(entries)]).toEqual([
    ...[15, beginning('abcd'), 2 ** 32 - 16, 7],
    ...[1, 'p'.charCodeAt(0), 0, 0],
    ...[16, beginning('0123'), 0, 8],
  ]);
});
