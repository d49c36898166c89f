import type { Column, ColumnType, PartitionField, TableDefinition } from '../columns/table-definition';
import { TableError } from './errors';

/** A schema as table metadata has it. */
export interface IcebergSchema {
  type: 'struct';
  'schema-id': number;
  fields: readonly IcebergField[];
}

export interface IcebergField {
  id: number;
  name: string;
  required: boolean;
  type: IcebergType;
  doc?: string;
}

export type IcebergType =
  | string
  | { type: 'list'; 'element-id': number; element: string; 'element-required': boolean };

export interface PartitionSpec {
  'spec-id': number;
  fields: readonly IcebergPartitionField[];
}

export interface IcebergPartitionField {
  'source-id': number;
  'field-id': number;
  name: string;
  transform: PartitionField['transform'];
}

const FIRST_PARTITION_ID = 1_000;

export function schemaOf({ columns }: TableDefinition, id = 0): IcebergSchema {
  return { type: 'struct', 'schema-id': id, fields: columns.map(fieldOf) };
}

/** A partition field is called as its column; `_month` is added for a month. Its id is 1000 or more. */
export function partitionSpecOf({ columns, partitionBy }: TableDefinition): PartitionSpec {
  const fields = partitionBy.map(({ column, transform }, index) => ({
    'source-id': columns.find(({ name }) => name === column)!.id,
    'field-id': FIRST_PARTITION_ID + index,
    name: transform === 'month' ? `${column}_month` : column,
    transform,
  }));
  return { 'spec-id': 0, fields };
}

/** The largest id of a partition field; 999 where there is none, as the format demands. */
export const lastPartitionId = ({ fields }: PartitionSpec): number => FIRST_PARTITION_ID - 1 + fields.length;

/** The largest field id, elements of lists included. */
export function lastColumnId({ fields }: IcebergSchema): number {
  const ids = fields.flatMap(({ id, type }) => (typeof type === 'string' ? [id] : [id, type['element-id']]));
  return Math.max(...ids);
}

/**
 * The property `schema.name-mapping.default`: readers take it for files that have no field ids.
 */
export function nameMappingOf({ fields }: IcebergSchema): string {
  const mapping = fields.map(({ id, name, type }) => ({
    'field-id': id,
    names: [name],
    ...(typeof type !== 'string' && { fields: [{ 'field-id': type['element-id'], names: ['element'] }] }),
  }));
  return JSON.stringify(mapping);
}

/**
 * The schema that a table needs to fit its definition. Allowed are new nullable columns, `int` to `long`, and
 * more digits of a decimal before the point: files that were written before need not be written again.
 * @returns undefined when nothing has changed
 * @throws TableError for any other difference
 */
export function evolvedSchema(
  current: IcebergSchema,
  definition: TableDefinition,
  newId: number,
): IcebergSchema | undefined {
  const { name: table } = definition;
  const wanted = schemaOf(definition, newId);
  const byId = new Map(current.fields.map((field) => [field.id, field]));
  let changed = false;
  for (const field of wanted.fields) {
    const before = byId.get(field.id);
    byId.delete(field.id);
    if (!before && field.required) {
      throw new TableError(table, `new column ${field.name} must be nullable: older files lack it`);
    }
    if (!before || !sameType(before.type, field.type)) changed = true;
    if (before) checkEvolution(table, before, field);
  }
  const [dropped] = byId.values();
  if (dropped) throw new TableError(table, `column ${dropped.name} is missing from the definition`);
  return changed ? wanted : undefined;
}

/** @throws TableError when a table is not partitioned as its definition says */
export function checkPartitioning(current: PartitionSpec, definition: TableDefinition): void {
  if (isPartitionedAs(current, definition)) return;
  throw new TableError(
    definition.name,
    `is partitioned by (${sayFields(current)}), ` +
      `the definition says (${sayFields(partitionSpecOf(definition))})`,
    'recreate',
  );
}

/** Whether a table has the partitions of a definition. */
export const isPartitionedAs = (current: PartitionSpec, definition: TableDefinition): boolean =>
  sayFields(current) === sayFields(partitionSpecOf(definition));

const sayFields = ({ fields }: PartitionSpec): string =>
  fields.map((field) => `${field['source-id']}:${field.transform}`).join(', ');

function checkEvolution(table: string, before: IcebergField, after: IcebergField): void {
  const what = `column ${before.name} (field ${before.id})`;
  if (before.name !== after.name) throw new TableError(table, `${what} cannot become ${after.name}`);
  if (before.required !== after.required) {
    throw new TableError(table, `${what} cannot become ${after.required ? 'required' : 'nullable'}`);
  }
  if (!sameType(before.type, after.type) && !widens(before.type, after.type)) {
    throw new TableError(table, `${what} cannot become ${say(after.type)}, it is ${say(before.type)}`);
  }
}

const say = (type: IcebergType): string => (typeof type === 'string' ? type : `list of ${type.element}`);

function sameType(a: IcebergType, b: IcebergType): boolean {
  if (typeof a === 'string' || typeof b === 'string') return spaceless(a) === spaceless(b);
  return a['element-id'] === b['element-id'] && a.element === b.element;
}

/** Some writers write `decimal(18,4)`, others `decimal(18, 4)`. */
const spaceless = (type: IcebergType): IcebergType =>
  typeof type === 'string' ? type.replace(' ', '') : type;

function widens(before: IcebergType, after: IcebergType): boolean {
  if (before === 'int') return after === 'long';
  const [from, to] = [decimalOf(before), decimalOf(after)];
  return !!from && !!to && from.scale === to.scale && from.precision < to.precision;
}

function decimalOf(type: IcebergType): { precision: number; scale: number } | undefined {
  const parts = typeof type === 'string' ? /^decimal\((\d+), ?(\d+)\)$/.exec(type) : null;
  return parts ? { precision: Number(parts[1]), scale: Number(parts[2]) } : undefined;
}

function fieldOf({ id, name, type, nullable, doc }: Column): IcebergField {
  return { id, name, required: !nullable, type: typeOf(type), doc };
}

function typeOf(type: ColumnType): IcebergType {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision}, ${type.scale})`;
    case 'list':
      return { type: 'list', 'element-id': type.elementId, element: 'string', 'element-required': false };
    default:
      return type.kind;
  }
}
