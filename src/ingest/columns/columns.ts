import { InputError } from '../input-error';
import { alternativesTo, type Field, fields, isCertain, isField, requiredFields } from './fields';

export interface ColumnOptions {
  /**
   * field -> header of the file, exactly as it stands there (`Price#2` is the second of that name; '' is no
   * column)
   */
  map?: Readonly<Record<string, string>>;
  /** field -> value where no row of the order has one */
  defaults?: Readonly<Record<string, string>>;
}

/** What a layout says of a file's columns. */
export interface KnownColumns {
  /** field -> header; of several, the first one whose cell is not blank. Headers may be missing */
  columns: Readonly<Partial<Record<Field, string | readonly string[]>>>;
  defaults?: Readonly<Partial<Record<Field, string>>>;
}

/** Where a field comes from: the headers of its columns, its default, or both. */
export interface FieldSource {
  field: Field;
  headers: string[];
  default: string | undefined;
}

/** Where each field of a row comes from. */
export interface Columns {
  /** number of cells that every row has */
  width: number;
  /** headers of the file that no field comes from */
  unused: string[];
  /** the fields that the file has, in the order of `fields` */
  sources: FieldSource[];
  /** the columns of a field, the one that counts first in front */
  indexes(field: Field): readonly number[];
  /** The field's cell without leading and trailing blanks; '' where there is none. */
  cell(cells: readonly string[], field: Field): string;
  /** The default of a field, or ''. */
  defaultOf(field: Field): string;
  /** The cell, or where that is blank the default. */
  read(cells: readonly string[], field: Field): string;
}

const NONE: readonly number[] = [];

/**
 * Finds the fields in a header. What is mapped must be there exactly. A layout names columns that may be
 * there. Without one, the other fields are found by their own name: those that can mean one thing only in any
 * case, with underscores, blanks, hyphens or nothing between the words. A column that is mapped is not found
 * for another field as well.
 * @throws InputError that says everything that is wrong at once
 */
export function resolveColumns(
  header: readonly string[],
  options: ColumnOptions = {},
  known?: KnownColumns,
): Columns {
  const { map = {} } = options;
  const defaults: Readonly<Record<string, string>> = { ...known?.defaults, ...options.defaults };
  const problems = [...unknownFields('--map', map), ...unknownFields('--default', defaults)];

  const indexes = new Map<Field, readonly number[]>();
  for (const field of fields) {
    const name = map[field];
    if (name === undefined) indexes.set(field, knownIndexes(header, known?.columns[field]));
    else if (name !== '') {
      const found = columnsCalled(header, name);
      if (found.length === 0) problems.push(`no column is called ${JSON.stringify(name)}`);
      if (found.length > 1) problems.push(severalOf(header, field, found));
      indexes.set(field, found.slice(0, 1));
    }
  }
  if (known === undefined) {
    const claimed = new Set([...indexes.values()].flat());
    for (const field of fields.filter((name) => map[name] === undefined)) {
      const found = findByName(header, field).filter((index) => !claimed.has(index));
      if (found.length > 1) problems.push(severalOf(header, field, found));
      indexes.set(field, found.slice(0, 1));
    }
    problems.push(...amountOrRate(header, map, claimed, indexes));
  }

  const has = (field: Field) =>
    (indexes.get(field) ?? NONE).length > 0 || Boolean(defaults[field]) || Boolean(map[field]);
  const missing = requiredFields.filter((field) => !alternativesTo(field).some(has));
  if (missing.length > 0) problems.push(`no column for ${missing.join(', ')}`);
  if (problems.length > 0) throw new InputError(explain(problems, header));

  const used = new Set([...indexes.values()].flat());
  // A record and a plain index: this runs for every cell of the file.
  const firstIndex = Object.fromEntries(fields.map((field) => [field, indexes.get(field)?.[0] ?? -1]));
  const cell = (cells: readonly string[], field: Field): string => {
    const first = firstIndex[field] ?? -1;
    if (first < 0) return '';
    const text = (cells[first] ?? '').trim();
    return text === '' ? laterCell(cells, indexes.get(field) ?? NONE) : text;
  };
  const defaultOf = (field: Field): string => defaults[field] ?? '';
  return {
    width: header.length,
    unused: header.filter((_, i) => !used.has(i)),
    sources: fields.filter(has).map((field) => ({
      field,
      headers: (indexes.get(field) ?? NONE).map((index) => header[index] ?? ''),
      default: defaults[field],
    })),
    indexes: (field) => indexes.get(field) ?? NONE,
    cell,
    defaultOf,
    read: (cells, field) => cell(cells, field) || defaultOf(field),
  };
}

/** The cell of the first column behind the first one that is not blank. */
function laterCell(cells: readonly string[], indexes: readonly number[]): string {
  for (let i = 1; i < indexes.length; i++) {
    const text = (cells[indexes[i] ?? 0] ?? '').trim();
    if (text !== '') return text;
  }
  return '';
}

function unknownFields(option: string, values: Readonly<Record<string, string>>): string[] {
  return Object.keys(values)
    .filter((name) => !isField(name))
    .map((name) => `${option} names ${JSON.stringify(name)}, which is no field`);
}

/** Where the headers of a layout are, as far as the file has them. */
function knownIndexes(
  header: readonly string[],
  names: string | readonly string[] | undefined,
): readonly number[] {
  if (names === undefined) return NONE;
  return [names].flat().flatMap((name) => columnsCalled(header, name).slice(0, 1));
}

/** The columns of a header; `Price#2` is the second one called Price, unless one has that very name. */
export function columnsCalled(header: readonly string[], name: string): number[] {
  const found = header.flatMap((other, i) => (other === name ? [i] : []));
  if (found.length > 0) return found;
  const [, base, number] = /^(.*)#([1-9]\d*)$/s.exec(name) ?? [];
  if (base === undefined) return [];
  const index = header.flatMap((other, i) => (other === base ? [i] : []))[Number(number) - 1];
  return index === undefined ? [] : [index];
}

function findByName(header: readonly string[], field: Field): number[] {
  const matches = isCertain(field)
    ? (name: string) => simplified(name) === simplified(field)
    : (name: string) => name === field;
  return header.flatMap((name, i) => (matches(name) ? [i] : []));
}

/** A column `Discount` that no field has: left out, every total of the file would be wrong. */
function amountOrRate(
  header: readonly string[],
  map: Readonly<Record<string, string>>,
  claimed: ReadonlySet<number>,
  indexes: ReadonlyMap<Field, readonly number[]>,
): string[] {
  if (map.discount !== undefined || map.discount_rate !== undefined) return [];
  if ((indexes.get('discount') ?? NONE).length > 0) return [];
  const name = header.find((other, i) => simplified(other) === 'discount' && !claimed.has(i));
  if (name === undefined) return [];
  return [
    `${JSON.stringify(name)} may be an amount or a rate: give --map "discount=${name}" or ` +
      `--map "discount_rate=${name}" (or --map discount= to leave it out)`,
  ];
}

function severalOf(header: readonly string[], field: Field, found: readonly number[]): string {
  const names = found.map((i) => header[i]);
  const ofOneName =
    new Set(names).size > 1
      ? ''
      : ` (columns ${found.map((i) => i + 1).join(', ')}; --map "${field}=${names[0]}#2" is the second)`;
  return `${field} could be any of ${quoted(names)}${ofOneName}`;
}

const simplified = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '');

const quoted = (names: readonly (string | undefined)[]): string =>
  names.map((name) => JSON.stringify(name)).join(', ');

function explain(problems: string[], header: readonly string[]): string {
  const hint =
    header.length === 1 && /[;\t|]/.test(header[0] ?? '')
      ? ['Is the delimiter another one? See --delimiter.']
      : [];
  return [
    `The columns do not fit: ${problems.join('; ')}.`,
    `The file has: ${quoted(header)}.`,
    `Fields are: ${fields.join(', ')} (required: ${requiredFields.join(', ')}; ` +
      'line_total or line_subtotal may stand for unit_price, ordered_date for ordered_at).',
    ...hint,
    'Use --map field=Header for a column of another name, --default field=value for one that is missing.',
  ].join('\n');
}
