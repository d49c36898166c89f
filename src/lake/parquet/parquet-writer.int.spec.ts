import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { everyType, everyTypeRows } from '../../../test/support/every-type.dataset';
import { queryParquet, rowsOfFile } from '../../../test/support/parquet';
import { type Row, type Value, valueId } from '../columns/table-definition';
import { BadRowError, type Dataset } from '../datasets/dataset';
import { orderLines } from '../datasets/order-lines.dataset';
import { DatasetBuffer } from './dataset-buffer';
import { ParquetWriter, type WrittenPartition } from './parquet-writer';
import type { WrittenFile } from './written-file';

let folder: string;
let writer: ParquetWriter;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tidemark-parquet-'));
  writer = await ParquetWriter.open({ temporaryFolder: path.join(folder, 'temporary') });
});

afterAll(async () => {
  await writer.close();
  await rm(folder, { recursive: true, force: true });
});

const PLAIN: Row = {
  position: '000000',
  text: 'one',
  int: 1,
  long: 2,
  flag: true,
  day: 19_723,
  at: Date.UTC(2024, 0, 1),
  amount: 12_3400,
  rate: 1,
  tags: ['a', 'b'],
  kind: 'plain',
  select: 0,
};

const bufferOf = (rows: readonly Row[], dataset: Dataset = everyType): DatasetBuffer => {
  const buffer = new DatasetBuffer(dataset);
  buffer.add(rows);
  return buffer;
};

let written = 0;
const freshFolder = () => path.join(folder, String(written++));

const write = (rows: readonly Row[], dataset?: Dataset): Promise<WrittenPartition[]> =>
  writer.write(bufferOf(rows, dataset), freshFolder());

const filesBelow = async (below: string): Promise<string[]> =>
  (await readdir(below, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

const compare = (a: Value, b: Value): number =>
  typeof a === 'string' && typeof b === 'string'
    ? Buffer.compare(Buffer.from(a), Buffer.from(b))
    : Number((a as number) > (b as number)) - Number((a as number) < (b as number));

/** What a commit has to know of a file, counted value by value. */
function expectMetrics(file: WrittenFile, rows: readonly Row[], dataset: Dataset): void {
  expect(file.recordCount).toBe(rows.length);
  for (const column of dataset.columns) {
    const id = valueId(column);
    const values = rows.flatMap((row): Value[] => {
      const value = row[column.name] as Value;
      // In a file an empty list has one entry, which is null.
      return Array.isArray(value) ? (value.length === 0 ? [null] : value) : [value];
    });
    const present = values.filter((value) => value !== null).sort(compare);
    expect(file.columnSizes.get(id)).toBeGreaterThan(0);
    expect(file.valueCounts.get(id)).toBe(values.length);
    expect(file.nullCounts.get(id)).toBe(values.length - present.length);
    expect(file.lower.get(id)).toEqual(present[0]);
    expect(file.upper.get(id)).toEqual(present.at(-1));
  }
}

describe('a written file', () => {
  it('has every value of every row in the order of arrival, and tells counts and bounds', async () => {
    await fc.assert(
      fc.asyncProperty(everyTypeRows, async (rows) => {
        const files = await write(rows);
        let count = 0;
        for (const file of files) {
          const kept = await rowsOfFile(file.path);
          const expected = rows.filter(
            ({ kind, day }) =>
              kind === file.partition[0] &&
              new Date((day as number) * 864e5).getUTCMonth() === Number(file.partition[1]) - 648,
          );
          expect(kept).toEqual(expected);
          expectMetrics(file, expected, everyType);
          count += kept.length;
        }
        expect(count).toBe(rows.length);
      }),
      { numRuns: 25 },
    );
  });

  it('has them over many vectors and row groups', async () => {
    const rows = Array.from({ length: 124_000 }, (_, i) => ({
      ...PLAIN,
      position: String(i).padStart(6, '0'),
      text: i % 7 === 0 ? null : i % 5 === 0 ? 'again and again the same' : `text number ${i % 999}`,
      int: i % 3 === 0 ? null : i,
      amount: i % 2 === 0 ? 1 - i : 2n ** 55n + BigInt(i),
      tags: i % 4 === 0 ? null : Array.from({ length: i % 6 }, (__, tag) => `tag ${tag} of row ${i}`),
    }));
    const [file] = await write(rows);
    expect(isDeepStrictEqual(await rowsOfFile(file?.path as string), rows)).toBe(true);
    const [groups] = await queryParquet(
      `SELECT count(DISTINCT row_group_id)::INTEGER AS groups, min(compression) AS compression
         FROM parquet_metadata('${file?.path}')`,
    );
    expect(groups).toEqual({ groups: 2, compression: 'ZSTD' });
  });

  it('has the declared types and field ids', async () => {
    const [file] = await write([PLAIN]);
    const columns = await queryParquet(
      `SELECT name, field_id, coalesce(logical_type, converted_type, type) AS type
         FROM parquet_schema('${file?.path}') WHERE field_id IS NOT NULL`,
    );
    expect(columns.map(({ name, field_id: id, type }) => [name, id, String(type).split('(unit')[0]])).toEqual(
      [
        ['position', 1, 'UTF8'],
        ['text', 2, 'UTF8'],
        ['int', 3, 'INT_32'],
        ['long', 4, 'INT_64'],
        ['flag', 5, 'BOOLEAN'],
        ['day', 6, 'DATE'],
        [
          'at',
          7,
          expect.stringContaining(
            'TimestampType(isAdjustedToUTC=1, unit=TimeUnit(MILLIS=<null>, MICROS=MicroSeconds()',
          ),
        ],
        ['amount', 8, 'DecimalType(scale=4, precision=18)'],
        ['rate', 9, 'DecimalType(scale=10, precision=25)'],
        ['tags', 10, 'LIST'],
        ['element', 1_010, 'UTF8'],
        ['kind', 11, 'UTF8'],
        ['select', 12, 'INT_32'],
      ],
    );
  });

  it('has bounds that hold where texts are too long to be kept whole', async () => {
    const long = (letter: string) => letter.repeat(600);
    const texts = [long('b'), 'c', long('é'), long('y')];
    const [file] = await write(texts.map((text) => ({ ...PLAIN, text })));
    const [lower, upper] = [file?.lower.get(2), file?.upper.get(2)];
    for (const text of texts) {
      expect(lower === undefined || compare(lower, text) <= 0).toBe(true);
      expect(upper === undefined || compare(upper, text) >= 0).toBe(true);
    }
  });

  it('is the same byte for byte from another process, and of rows that came in other portions', async () => {
    const script = path.join(__dirname, '../../../test/support/write-parquet.ts');
    const runner = path.join(__dirname, '../../../test/support/run-typescript.js');
    const hashes = ['1', '700'].map((portion) => {
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        [runner, script, freshFolder(), portion],
        {
          encoding: 'utf8',
        },
      );
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      return stdout.trim().split('\n');
    });
    expect(hashes[0]).toHaveLength(4);
    expect(hashes[1]).toEqual(hashes[0]);
  });
});

describe('partitions', () => {
  it('are folders in the way of Hive, in the order of their first rows', async () => {
    const rows = [
      { ...PLAIN, kind: 'of /=% Ü', day: 19_813 },
      { ...PLAIN, day: -1 },
      { ...PLAIN, kind: 'of /=% Ü', day: 19_814 },
    ];
    const files = await write(rows);
    expect(
      files.map(({ partition, partitionFolder, recordCount }) => [partition, partitionFolder, recordCount]),
    ).toEqual([
      [['of /=% Ü', 650], 'kind=of%20%2F%3D%25%20%C3%9C/day_month=2024-03', 1],
      [['plain', -1], 'kind=plain/day_month=1969-12', 1],
      [['of /=% Ü', 651], 'kind=of%20%2F%3D%25%20%C3%9C/day_month=2024-04', 1],
    ]);
    expect(new Set(files.map((file) => file.path)).size).toBe(3);
  });

  it('of a day are its date, and a dataset without any has one file', async () => {
    const byDay: Dataset = { ...everyType, partitionBy: [{ column: 'day', transform: 'identity' }] };
    expect((await write([PLAIN], byDay)).map((file) => [file.partitionFolder, file.partition])).toEqual([
      ['day=2024-01-01', [19_723]],
    ]);
    const whole: Dataset = { ...everyType, partitionBy: [] };
    expect((await write([PLAIN, { ...PLAIN, day: 0 }], whole)).map((file) => file.partitionFolder)).toEqual([
      '',
    ]);
    expect(await write([], whole)).toEqual([]);
  });
});

describe('a row that does not fit its columns', () => {
  const WRONG: [string, Row, string][] = [
    ['a text as a number', { ...PLAIN, text: 5 }, 'text is no string: 5'],
    ['a fraction', { ...PLAIN, int: 1.5 }, 'int is no int: 1.5'],
    ['an int beyond 32 bits', { ...PLAIN, int: 2 ** 31 }, 'int is no int: 2147483648'],
    ['a number that is not exact', { ...PLAIN, long: 2 ** 60 }, 'long is no long: 1152921504606847000'],
    ['a long beyond 64 bits', { ...PLAIN, long: 2n ** 63n }, 'long is no long: 9223372036854775808'],
    ['an instant that is none', { ...PLAIN, at: Number.NaN }, 'at is no timestamptz: null'],
    [
      'an amount that is too large',
      { ...PLAIN, amount: 10n ** 18n },
      'amount is no decimal: 1000000000000000000',
    ],
    [
      'a rate that is too large',
      { ...PLAIN, rate: -(10n ** 25n) },
      'rate is no decimal: -10000000000000000000000000',
    ],
    ['a flag in words', { ...PLAIN, flag: 'yes' }, 'flag is no boolean: "yes"'],
    ['a list with something else in it', { ...PLAIN, tags: ['a', 5] as never }, 'tags is no list: ["a",5]'],
    ['a null in a column that has none', { ...PLAIN, position: null }, 'position is missing'],
    ['a partition that is missing', { ...PLAIN, day: undefined as never }, 'day is missing'],
  ];

  it.each(WRONG)('is refused: %s', (_, row, message) => {
    expect(() => bufferOf([row])).toThrow(new BadRowError(message));
  });

  it('leaves the buffer as it was, whatever came before it in the same call', async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => ({
      ...PLAIN,
      text: i % 3 ? `text number ${i}` : null,
    }));
    const more = Array.from({ length: 3_000 }, (_, i) => ({
      ...PLAIN,
      kind: i % 2 ? 'plain' : 'other',
      text: null,
      tags: i % 3 ? [`a longer text ${i}`] : null,
    }));
    const buffer = bufferOf(rows);
    const { bytes } = buffer;
    expect(() => buffer.add([...more, { ...PLAIN, select: null }])).toThrow(BadRowError);
    expect([buffer.rows, buffer.bytes]).toEqual([3_000, bytes]);
    buffer.add([{ ...PLAIN, text: 'the last of them' }]);
    const files = await writer.write(buffer, freshFolder());
    expect(files.map(({ partitionFolder }) => partitionFolder)).toEqual(['kind=plain/day_month=2024-01']);
    expect(await rowsOfFile(files[0]?.path as string)).toEqual([
      ...rows,
      { ...PLAIN, text: 'the last of them' },
    ]);
  });
});

test('bytes grow with texts, lists, rows and partitions', () => {
  const buffer = bufferOf([PLAIN]);
  const grownBy = (row: Row) => {
    const { bytes } = buffer;
    buffer.add([row]);
    return buffer.bytes - bytes;
  };
  const one = grownBy(PLAIN);
  expect(grownBy({ ...PLAIN, text: 'x'.repeat(10_000) })).toBe(one + 10_000);
  expect(grownBy({ ...PLAIN, tags: ['a', 'b', 'c'] })).toBe(one + 16);
  expect(grownBy({ ...PLAIN, kind: 'of its own' })).toBeGreaterThan(10 * one);
  expect(grownBy({ ...PLAIN, kind: 'of its own' })).toBe(one);
});

test('when one file cannot be written none of them stays, and the writer goes on', async () => {
  const target = freshFolder();
  const rows = [PLAIN, { ...PLAIN, kind: 'other' }];
  await mkdir(path.join(target, '1.parquet'), { recursive: true });
  await writeFile(path.join(target, '1.parquet', 'in the way'), '');
  await expect(writer.write(bufferOf(rows), target)).rejects.toThrow();
  expect(await filesBelow(target)).toEqual(['in the way']);
  expect(await write(rows)).toHaveLength(2);
});

test('writes that are asked for at once do not mix', async () => {
  const all = await Promise.all(
    Array.from({ length: 5 }, (_, i) =>
      write(Array.from({ length: 10 * (i + 1) }, () => ({ ...PLAIN, int: i }))),
    ),
  );
  for (const [i, [file]] of all.entries()) {
    const rows = await rowsOfFile(file?.path as string);
    expect([rows.length, new Set(rows.map(({ int }) => int))]).toEqual([10 * (i + 1), new Set([i])]);
  }
});

describe('merging files', () => {
  it('makes one of all, by position and then key, with its own counts and bounds', async () => {
    const dataset: Dataset = { ...everyType, key: ['select'] };
    const rows = Array.from({ length: 500 }, (_, i) => ({
      ...PLAIN,
      position: String(Math.floor(i / 5)).padStart(6, '0'),
      select: i % 5,
      text: i % 3 ? `text ${i}` : null,
      tags: i % 2 ? [`tag ${i}`] : [],
    }));
    const odd = rows.filter((_, i) => i % 2 === 1).reverse();
    const even = rows.filter((_, i) => i % 2 === 0);
    const files = [...(await write(odd, dataset)), ...(await write(even, dataset))];
    const target = path.join(folder, "merged o'clock.parquet");
    const merged = await writer.mergeFiles(
      dataset,
      files.map((file) => file.path),
      target,
    );
    expect(merged.path).toBe(target);
    expect(await rowsOfFile(target)).toEqual(rows);
    expectMetrics(merged, rows, dataset);
  });

  it('gives nulls for columns that a file lacks, and takes older names and narrower types', async () => {
    const older: Dataset = {
      ...everyType,
      columns: everyType.columns
        .filter(({ name }) => name !== 'rate' && name !== 'tags')
        .map((column) => {
          if (column.name === 'text') return { ...column, name: 'words' };
          return column.name === 'long' ? { ...column, type: { kind: 'int' as const } } : column;
        }),
    };
    const { text, rate: _, tags: __, ...rest } = PLAIN;
    const [old] = await write([{ ...rest, words: text as Value }], older);
    const [now] = await write([{ ...PLAIN, position: '000001', long: 2n ** 60n }]);
    const target = path.join(folder, 'evolved.parquet');
    const merged = await writer.mergeFiles(everyType, [now?.path as string, old?.path as string], target);
    const rows = [
      { ...PLAIN, rate: null, tags: null },
      { ...PLAIN, position: '000001', long: 2n ** 60n },
    ];
    expect(await rowsOfFile(target)).toEqual(rows);
    expectMetrics(merged, rows, everyType);
  });

  it('leaves nothing behind when a file is missing', async () => {
    const target = path.join(folder, 'never.parquet');
    await expect(writer.mergeFiles(orderLines, [path.join(folder, 'none.parquet')], target)).rejects.toThrow(
      'none.parquet',
    );
    expect((await readdir(folder)).filter((name) => name.includes('never'))).toEqual([]);
  });
});
