import { type Field, isField } from '../columns/fields';
import {
  type CellTest,
  type Layout,
  type Meaning,
  type RowRule,
  rowKinds,
  type StatusRule,
  type Step,
  steps,
} from './layout';
import { type Place, YamlFile } from './yaml-shape';

const KEYS = [
  'title',
  'notes',
  'headers',
  'without',
  'columns',
  'defaults',
  'date_format',
  'time_zone',
  'decimal',
  'delimiter',
  'credit_note_prefix',
  'prices_include_tax',
  'zero_price_returns',
  'same_order_days',
  'nulls',
  'currency_signs',
  'rows',
  'statuses',
] as const;

/**
 * Reads a layout from the text of a YAML file. docs/import.md describes its form.
 * @param name how messages call the file
 * @throws InputError that says everything that is wrong at once, each with its line and its key
 */
export function parseLayout(name: string, file: string, text: string): Layout {
  const yaml = new YamlFile(file, text);
  const parts = yaml.record(yaml.root, KEYS);
  const optional = <T>(place: Place | undefined, read: (place: Place) => T | undefined) =>
    place === undefined ? undefined : read(place);
  const texts = (place: Place | undefined) => optional(place, (found) => yaml.texts(found)) ?? [];
  const layout: Layout = {
    name,
    title: optional(parts.title, (place) => yaml.text(place)) ?? name,
    notes: texts(parts.notes),
    headers: optional(parts.headers, (place) => alternatives(yaml, place)) ?? [],
    without: texts(parts.without),
    columns: optional(parts.columns, (place) => byField(yaml, place, (item) => yaml.texts(item))),
    defaults: optional(parts.defaults, (place) => byField(yaml, place, (item) => yaml.text(item))) ?? {},
    dateFormats: texts(parts.date_format),
    timeZone: optional(parts.time_zone, (place) => yaml.text(place)),
    decimal: optional(parts.decimal, (place) => yaml.oneOf(place, ['point', 'comma'])),
    delimiter: optional(parts.delimiter, (place) => delimiter(yaml, place)),
    creditNotePrefix: optional(parts.credit_note_prefix, (place) => yaml.text(place)),
    pricesIncludeTax: optional(parts.prices_include_tax, (place) => yaml.boolean(place)),
    zeroPriceReturns: optional(parts.zero_price_returns, (place) => yaml.boolean(place)),
    sameOrderDays: optional(parts.same_order_days, (place) => yaml.wholeNumber(place)),
    nulls: optional(parts.nulls, (place) => yaml.texts(place)),
    currencySigns: optional(parts.currency_signs, (place) => currencySigns(yaml, place)),
    rows:
      optional(parts.rows, (place) => yaml.list(place)?.flatMap((item) => rowRule(yaml, item) ?? [])) ?? [],
    statuses:
      optional(parts.statuses, (place) =>
        yaml.list(place)?.flatMap((item) => statusRule(yaml, item) ?? []),
      ) ?? [],
  };
  yaml.throwProblems();
  return layout;
}

function alternatives(yaml: YamlFile, place: Place): string[][] | undefined {
  return yaml.list(place)?.flatMap((item) => {
    const texts = yaml.texts(item);
    return texts === undefined ? [] : [texts];
  });
}

function byField<T>(
  yaml: YamlFile,
  place: Place,
  read: (place: Place) => T | undefined,
): Partial<Record<Field, T>> {
  const found: Partial<Record<Field, T>> = {};
  for (const [name, item] of yaml.entries(place) ?? []) {
    if (!isField(name)) yaml.problem(item, 'is no field of an order file; docs/import.md lists them');
    else found[name] = read(item);
  }
  return found;
}

function delimiter(yaml: YamlFile, place: Place): string | undefined {
  const text = yaml.text(place);
  if (text === 'tab') return '\t';
  if (text === undefined || [...text].length === 1) return text;
  return yaml.problem(place, 'must be one character, or tab');
}

function currencySigns(yaml: YamlFile, place: Place): Layout['currencySigns'] {
  const bySign = new Map<string, string>();
  for (const [sign, item] of yaml.entries(place) ?? []) {
    const code = yaml.text(item);
    if (code === undefined) continue;
    if (/^[A-Z]{3}$/.test(code)) bySign.set(sign, code);
    else yaml.problem(item, `must be an ISO 4217 code such as EUR, not ${JSON.stringify(code)}`);
  }
  return bySign;
}

function rowRule(yaml: YamlFile, place: Place): RowRule | undefined {
  const { when, as, skip, refuse } = yaml.record(place, ['when', 'as', 'skip', 'refuse']);
  const thens = [as, skip, refuse].filter((item) => item !== undefined);
  if (when === undefined || thens.length !== 1)
    return yaml.problem(place, 'needs when, and one of as, skip and refuse');
  const tests = new Map<string, CellTest>();
  for (const [column, item] of yaml.entries(when) ?? []) {
    const test = cellTest(yaml, item);
    if (test !== undefined) tests.set(column, test);
  }
  if (as !== undefined) {
    const kind = yaml.oneOf(as, rowKinds);
    return kind === undefined ? undefined : { when: tests, role: { as: kind } };
  }
  const reason = yaml.text((skip ?? refuse) as Place);
  if (reason === undefined) return undefined;
  return { when: tests, role: skip === undefined ? { refuse: reason } : { skip: reason } };
}

function cellTest(yaml: YamlFile, place: Place): CellTest | undefined {
  if (!yaml.isMapping(place)) {
    const texts = yaml.texts(place);
    return texts === undefined ? undefined : { oneOf: texts.map(comparable) };
  }
  const { is, matches } = yaml.record(place, ['is', 'matches']);
  if ((is === undefined) === (matches === undefined))
    return yaml.problem(place, 'needs either is or matches');
  if (is !== undefined) {
    const state = yaml.oneOf(is, ['blank', 'filled', 'negative']);
    return state === undefined ? undefined : { is: state };
  }
  return regularExpression(yaml, matches as Place);
}

function regularExpression(yaml: YamlFile, place: Place): CellTest | undefined {
  const pattern = yaml.text(place);
  if (pattern === undefined) return undefined;
  try {
    return { matches: new RegExp(pattern, 'iu') };
  } catch (error) {
    return yaml.problem(place, (error as Error).message);
  }
}

function statusRule(yaml: YamlFile, place: Place): StatusRule | undefined {
  const parts = yaml.record(place, ['column', 'values', 'filled', 'blank']);
  if (parts.column === undefined) return yaml.problem(place, 'needs a column');
  const column = yaml.text(parts.column);
  const values = new Map<string, Meaning>();
  for (const [text, item] of (parts.values && yaml.entries(parts.values)) ?? []) {
    const found = meaning(yaml, item);
    if (found !== undefined) values.set(comparable(text), found);
  }
  if (column === undefined) return undefined;
  return {
    column,
    values,
    filled: parts.filled && meaning(yaml, parts.filled),
    blank: parts.blank && meaning(yaml, parts.blank),
  };
}

/** A list of steps, which may be empty; or why the order is left out. */
function meaning(yaml: YamlFile, place: Place): Meaning | undefined {
  if (!yaml.isMapping(place)) {
    const does = stepsAt(yaml, place);
    return does === undefined ? undefined : { does };
  }
  const { left_out, if_placed } = yaml.record(place, ['left_out', 'if_placed']);
  if (left_out === undefined) return yaml.problem(place, 'needs left_out, the reason');
  const leftOut = yaml.text(left_out);
  const does = if_placed === undefined ? [] : stepsAt(yaml, if_placed);
  return leftOut === undefined || does === undefined ? undefined : { does, leftOut };
}

function stepsAt(yaml: YamlFile, place: Place): Step[] | undefined {
  return yaml.list(place)?.flatMap((item) => yaml.oneOf(item, steps) ?? []);
}

/** Texts are compared without regard to case and to the blanks around and between the words. */
export const comparable = (text: string): string => text.trim().replace(/\s+/gu, ' ').toLowerCase();
