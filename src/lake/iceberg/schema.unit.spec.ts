import type { ColumnType } from '../columns/table-definition';
import { datasets } from '../datasets/catalogue';
import type { Dataset, DatasetColumn } from '../datasets/dataset';
import { given } from '../datasets/sql/envelope';
import {
  checkPartitioning,
  evolvedSchema,
  lastColumnId,
  nameMappingOf,
  partitionSpecOf,
  schemaOf,
} from './schema';

const column = (id: number, name: string, type: ColumnType, nullable = false): DatasetColumn => ({
  id,
  name,
  type,
  nullable,
  doc: name,
  value: given(name),
});
const decimal = (precision: number, scale: number): ColumnType => ({ kind: 'decimal', precision, scale });

const columns = [
  column(1, 'id', { kind: 'string' }),
  column(2, 'day', { kind: 'date' }),
  column(3, 'count', { kind: 'int' }),
  column(4, 'amount', decimal(18, 4), true),
  column(5, 'tags', { kind: 'list', elementId: 1005 }),
];
const of = (some: readonly DatasetColumn[]): Dataset => ({
  name: 'things',
  doc: 'Things.',
  columns: some,
  partitionBy: [{ column: 'day', transform: 'month' }],
  key: ['id'],
});
const things = of(columns);
const withColumn = (index: number, changed: Partial<DatasetColumn>) =>
  of(columns.map((one, at) => (at === index ? { ...one, ...changed } : one)));

describe('the Iceberg schema of a dataset', () => {
  it('has the ids of the definition', () => {
    expect(schemaOf(things).fields.map(({ id, type, required }) => [id, type, required])).toEqual([
      [1, 'string', true],
      [2, 'date', true],
      [3, 'int', true],
      [4, 'decimal(18, 4)', false],
      [5, { type: 'list', 'element-id': 1005, element: 'string', 'element-required': false }, true],
    ]);
    expect(lastColumnId(schemaOf(things))).toBe(1005);
  });

  it('comes with a partition spec and a name mapping', () => {
    expect(partitionSpecOf(things)).toEqual({
      'spec-id': 0,
      fields: [{ 'source-id': 2, 'field-id': 1000, name: 'day_month', transform: 'month' }],
    });
    expect(JSON.parse(nameMappingOf(schemaOf(things)))[4]).toEqual({
      'field-id': 5,
      names: ['tags'],
      fields: [{ 'field-id': 1005, names: ['element'] }],
    });
  });

  it.each(datasets.map((dataset) => [dataset.name, dataset] as const))(
    'of %s has no id twice',
    (_, dataset) => {
      const ids = schemaOf(dataset).fields.flatMap(({ id, type }) =>
        typeof type === 'string' ? [id] : [id, type['element-id']],
      );
      expect(new Set(ids).size).toBe(ids.length);
    },
  );
});

describe('the evolution of a schema', () => {
  const before = schemaOf(things);

  it('is none while nothing but a doc has changed', () => {
    expect(evolvedSchema(before, withColumn(0, { doc: 'other' }), 1)).toBeUndefined();
  });

  it('takes nullable columns', () => {
    const wider = of([...columns, column(6, 'region', { kind: 'string' }, true)]);
    expect(evolvedSchema(before, wider, 1)).toEqual(schemaOf(wider, 1));
  });

  it.each([
    ['int to long', withColumn(2, { type: { kind: 'long' } })],
    ['a decimal of more digits', withColumn(3, { type: decimal(25, 4) })],
  ])('widens %s', (_, wider) => {
    expect(evolvedSchema(before, wider, 1)).toEqual(schemaOf(wider, 1));
  });

  it.each([
    ['region must be nullable', of([...columns, column(6, 'region', { kind: 'string' })])],
    ['column id is missing', of(columns.slice(1))],
    ['(field 1) cannot become name', withColumn(0, { name: 'name' })],
    ['(field 3) cannot become string, it is int', withColumn(2, { type: { kind: 'string' } })],
    ['cannot become decimal(18, 2)', withColumn(3, { type: decimal(18, 2) })],
    ['cannot become decimal(10, 4)', withColumn(3, { type: decimal(10, 4) })],
    ['(field 1) cannot become nullable', withColumn(0, { nullable: true })],
    ['(field 4) cannot become required', withColumn(3, { nullable: false })],
  ])('refuses anything else: %s', (message, wrong) => {
    expect(() => evolvedSchema(before, wrong, 1)).toThrow(message);
  });

  it('refuses another partitioning', () => {
    const other = { ...things, partitionBy: [{ column: 'id', transform: 'identity' as const }] };
    expect(() => checkPartitioning(partitionSpecOf(things), other)).toThrow(
      'Table things: is partitioned by (2:month), the definition says (1:identity)',
    );
  });
});
