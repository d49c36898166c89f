import { InputError } from '../input-error';

/** The columns of an order file. One that is not required may be missing, and its cells may be empty. */
const FIELDS = {
  order_id: { required: true },
  ordered_at: { required: true },
  customer_id: { required: false },
  country: { required: true },
  region: { required: false },
  currency: { required: true },
  product_id: { required: true },
  product_name: { required: true },
  category: { required: true },
  unit_price: { required: true },
  quantity: { required: true },
  discount: { required: false },
  discount_rate: { required: false },
  shipping: { required: false },
  tax: { required: false },
  exchange_rate: { required: false },
} as const;

export type Field = keyof typeof FIELDS;
export const fields = Object.keys(FIELDS) as Field[];
export const requiredFields = fields.filter((field) => FIELDS[field].required);

export interface ColumnOptions {
  /** field -> header of the file, exactly as it stands there */
  map?: Readonly<Record<string, string>>;
  /** field -> value where the column is missing or the cell is empty */
  defaults?: Readonly<Record<string, string>>;
}

/** Where each field of a row comes from. */
export interface Columns {
  /** number of cells that every row has */
  width: number;
  /** headers of the file that no field comes from */
  unused: string[];
  /** The field's cell without leading and trailing blanks, or its default, or ''. */
  read(cells: readonly string[], field: Field): string;
}

/**
 * Finds the fields in a header. The header of a mapped field must be there exactly. The others are found by
 * their own name in any case, with underscores, blanks, hyphens or nothing between its words.
 * @throws InputError that says everything that is wrong at once
 */
export function resolveColumns(header: readonly string[], options: ColumnOptions = {}): Columns {
  const { map = {}, defaults = {} } = options;
  const problems = [
    ...unknownFields('--map', map),
    ...unknownFields('--default', defaults),
    ...Object.values(map)
      .filter((name) => !header.includes(name))
      .map((name) => `no column is called ${JSON.stringify(name)}`),
  ];
  const indexes = new Map<Field, number>();
  for (const field of fields) {
    const found = findColumn(header, field, map[field]);
    if (found.length > 1) problems.push(`${field} could be any of ${quoted(found.map((i) => header[i]))}`);
    if (found[0] !== undefined) indexes.set(field, found[0]);
  }
  const missing = requiredFields.filter(
    (field) => !indexes.has(field) && !defaults[field] && map[field] === undefined,
  );
  if (missing.length > 0) problems.push(`no column for ${missing.join(', ')}`);
  if (problems.length > 0) throw new InputError(explain(problems, header));

  const used = new Set(indexes.values());
  return {
    width: header.length,
    unused: header.filter((_, i) => !used.has(i)),
    read(cells, field) {
      const index = indexes.get(field);
      const cell = index === undefined ? '' : (cells[index] ?? '').trim();
      return cell === '' ? (defaults[field] ?? '') : cell;
    },
  };
}

function unknownFields(option: string, values: Readonly<Record<string, string>>): string[] {
  return Object.keys(values)
    .filter((name) => !Object.hasOwn(FIELDS, name))
    .map((name) => `${option} names ${JSON.stringify(name)}, which is no field`);
}

function findColumn(header: readonly string[], field: Field, mapped: string | undefined): number[] {
  const matches =
    mapped === undefined
      ? (name: string) => simplified(name) === simplified(field)
      : (name: string) => name === mapped;
  return header.flatMap((name, i) => (matches(name) ? [i] : []));
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
    `Fields are: ${fields.join(', ')} (required: ${requiredFields.join(', ')}).`,
    ...hint,
    'Use --map field=Header for a column of another name, --default field=value for one that is missing.',
  ].join('\n');
}
