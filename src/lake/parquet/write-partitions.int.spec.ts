import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { everyType, everyTypeRows } from '../../../test/support/every-type.dataset';
import { queryParquet, rowsOfFile } from '../../../test/support/parquet';
import { rowsInJson, writeJson } from '../../../test/support/warehouse/parquet';
import { DuckDb, type DuckDbSession } from '../../duckdb/duckdb';
import { type Row, type Value, valueId } from '../columns/table-definition';
import type { Dataset } from '../datasets/dataset';
import { orderLines } from '../datasets/order-lines.dataset';
import { mergeFiles } from './merge-files';
import { type WrittenPartition, writePartitions } from './write-partitions';
import type { WrittenFile } from './written-file';

let folder: string;
let duckdb: DuckDb;
let session: DuckDbSession;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tidemark-parquet-'));
  duckdb = await DuckDb.open({ temporaryFolder: path.join(folder, 'temporary') });
  session = await duckdb.connect();
});

afterAll(async () => {
  session.close();
  duckdb.close();
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

let written = 0;
const freshFolder = () => path.join(folder, String(written++));

async function write(rows: readonly Row[], dataset: Dataset = everyType): Promise<WrittenPartition[]> {
  const target = freshFolder();
  await writeJson(dataset, rows, `${target}.json`);
  return writePartitions(session, dataset, rowsInJson(dataset, `${target}.json`), target);
}

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

  it('is the same byte for byte from another process', async () => {
    const script = path.join(__dirname, '../../../test/support/write-parquet.ts');
    const runner = path.join(__dirname, '../../../test/support/run-typescript.js');
    const hashes = [1, 2].map(() => {
      const { stdout, stderr, status } = spawnSync(process.execPath, [runner, script, freshFolder()], {
        encoding: 'utf8',
      });
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      return stdout.trim().split('\n');
    });
    expect(hashes[0]).toHaveLength(4);
    expect(hashes[1]).toEqual(hashes[0]);
  });
});

describe('partitions', () => {
  it('are folders in the way of Hive', async () => {
    const rows = [
      { ...PLAIN, kind: 'of /=% Ü', day: 19_813 },
      { ...PLAIN, day: -1 },
      { ...PLAIN, kind: 'of /=% Ü', day: 19_814 },
    ];
    const files = await write(rows);
    expect(
      new Set(
        files.map(({ partition, partitionFolder, recordCount }) => [partition, partitionFolder, recordCount]),
      ),
    ).toEqual(
      new Set([
        [['of /=% Ü', 650], 'kind=of%20%2F%3D%25%20%C3%9C/day_month=2024-03', 1],
        [['plain', -1], 'kind=plain/day_month=1969-12', 1],
        [['of /=% Ü', 651], 'kind=of%20%2F%3D%25%20%C3%9C/day_month=2024-04', 1],
      ]),
    );
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

describe('partitions of hostile values', () => {
  it('have files of their own, and folders that every file system takes', async () => {
    const kinds = ['', '..', '../../x', "o'clock", 'NULL', '%20', '__HIVE_DEFAULT_PARTITION__', '📚'];
    const long = ['y', 'z'].map((letter) => `${'ü'.repeat(400)}${letter}`);
    const all = [...kinds, ...long];
    const files = await write(all.map((kind) => ({ ...PLAIN, kind })));
    expect(new Set(files.map(({ partition: [kind] }) => kind))).toEqual(new Set(all));
    for (const file of files) {
      expect((await rowsOfFile(file.path)).map(({ kind }) => kind)).toEqual([file.partition[0]]);
      const [name = '', ...rest] = file.partitionFolder.split('/');
      expect(rest).toEqual(['day_month=2024-01']);
      expect(name).toMatch(/^kind=[^/]{0,200}$/);
    }
    expect(new Set(files.map(({ partitionFolder }) => partitionFolder)).size).toBe(all.length);
  });

  it('are written however many they are, within the memory that is allowed', async () => {
    const small = await DuckDb.open({ memoryLimitMb: 128, temporaryFolder: path.join(folder, 'small') });
    const one = await small.connect();
    const rows = `
      SELECT 'p' || i AS position, repeat('x', 50) AS text, i::INTEGER AS int, i AS long, true AS flag,
             DATE '1970-01-01' + (i * 30)::INTEGER AS day, make_timestamptz(i) AS at,
             1::DECIMAL(18, 4) AS amount, 1::DECIMAL(25, 10) AS rate, ['a'] AS tags, 'k' || i % 3 AS kind,
             1 AS "select" FROM range(900) t(i)`;
    try {
      const files = await writePartitions(one, everyType, rows, freshFolder());
      expect(files.length).toBeGreaterThan(850);
      expect(files.reduce((sum, { recordCount }) => sum + recordCount, 0)).toBe(900);
      expect(new Set(files.map(({ partitionFolder }) => partitionFolder)).size).toBe(files.length);
    } finally {
      one.close();
      small.close();
    }
  });
});

describe('a file that cannot be written', () => {
  it('leaves nothing, and the session goes on', async () => {
    const target = freshFolder();
    const rows = rowsInJson(everyType, `${target}.json`);
    const failing = `SELECT * REPLACE (error('no more')::INTEGER AS "select") FROM (${rows})`;
    await writeJson(everyType, [PLAIN, { ...PLAIN, kind: 'other' }], `${target}.json`);
    await expect(writePartitions(session, everyType, failing, target)).rejects.toThrow('no more');
    expect((await readdir(folder)).filter((name) => name === path.basename(target))).toEqual([]);
    expect(await write([PLAIN])).toHaveLength(1);
  });

  it('because of an abort is interrupted', async () => {
    const stop = new AbortController();
    const endless = `SELECT 'p' AS position, i FROM range(1000000000000) t(i) WHERE i < 0`;
    const dataset: Dataset = { ...everyType, columns: everyType.columns.slice(0, 1), partitionBy: [] };
    const writing = writePartitions(session, dataset, endless, freshFolder(), {
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(new Error('stop')), 50);
    await expect(writing).rejects.toThrow('stop');
    expect(await write([PLAIN])).toHaveLength(1);
  });
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
    const merged = await mergeFiles(
      session,
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
    const merged = await mergeFiles(session, everyType, [now?.path as string, old?.path as string], target);
    const rows = [
      { ...PLAIN, rate: null, tags: null },
      { ...PLAIN, position: '000001', long: 2n ** 60n },
    ];
    expect(await rowsOfFile(target)).toEqual(rows);
    expectMetrics(merged, rows, everyType);
  });

  it('leaves nothing behind when a file is missing', async () => {
    const target = path.join(folder, 'never.parquet');
    await expect(
      mergeFiles(session, orderLines, [path.join(folder, 'none.parquet')], target),
    ).rejects.toThrow('none.parquet');
    expect((await readdir(folder)).filter((name) => name.includes('never'))).toEqual([]);
  });
});
