import fc from 'fast-check';
import type { ColumnType, Row } from '../../src/lake/columns/table-definition';
import type { Dataset, DatasetColumn } from '../../src/lake/datasets/dataset';
import { given } from '../../src/lake/datasets/sql/envelope';

const column = (id: number, name: string, type: ColumnType, nullable = false): DatasetColumn => ({
  id,
  name,
  type,
  nullable,
  doc: name,
  value: given(name),
});

/** A dataset with a column of every type, once without nulls and once with. */
export const everyType: Dataset = {
  name: 'every_type',
  doc: 'for specs',
  columns: [
    column(1, 'position', { kind: 'string' }),
    column(2, 'text', { kind: 'string' }, true),
    column(3, 'int', { kind: 'int' }, true),
    column(4, 'long', { kind: 'long' }, true),
    column(5, 'flag', { kind: 'boolean' }, true),
    column(6, 'day', { kind: 'date' }),
    column(7, 'at', { kind: 'timestamptz' }, true),
    column(8, 'amount', { kind: 'decimal', precision: 18, scale: 4 }, true),
    column(9, 'rate', { kind: 'decimal', precision: 25, scale: 10 }, true),
    column(10, 'tags', { kind: 'list', elementId: 1_010 }, true),
    column(11, 'kind', { kind: 'string' }),
    column(12, 'select', { kind: 'int' }),
  ],
  partitionBy: [
    { column: 'kind', transform: 'identity' },
    { column: 'day', transform: 'month' },
  ],
  key: ['position'],
};

const DAY_2024 = 19_723;
const LARGEST_AMOUNT = 10n ** 18n - 1n;
const LARGEST_RATE = 10n ** 25n - 1n;

const text = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'exactly 12 c',
    'thirteen char',
    'Zürich',
    'ÄÖÜäöüß',
    '日本語テキスト',
    '📚',
    '\u0000nul',
    "o'clock",
  ),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ maxLength: 200 }),
);

/** A whole number as rows hold it: a bigint only where a number is not exact. */
const whole = (limit: bigint) =>
  fc
    .oneof(fc.bigInt({ min: -limit, max: limit }), fc.bigInt({ min: -1_000_000n, max: 1_000_000n }))
    .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));

const nullable = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null, freq: 4 });

/** Rows of `everyType` at growing positions, in one of two kinds and one of three months. */
export const everyTypeRows: fc.Arbitrary<Row[]> = fc
  .array(
    fc.record({
      text: nullable(text),
      int: nullable(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
      long: nullable(whole(2n ** 63n - 1n)),
      flag: nullable(fc.boolean()),
      day: fc.integer({ min: DAY_2024, max: DAY_2024 + 80 }),
      at: nullable(fc.integer({ min: Date.UTC(1601, 0), max: Date.UTC(2999, 0) })),
      amount: nullable(whole(LARGEST_AMOUNT)),
      rate: nullable(whole(LARGEST_RATE)),
      tags: nullable(fc.array(text, { maxLength: 4 })),
      kind: fc.constantFrom('plain', 'of /=% Ü'),
      select: fc.nat(),
    }),
    { maxLength: 60, size: 'max' },
  )
  .map((rows) => rows.map((row, index) => ({ position: String(index).padStart(6, '0'), ...row })));
