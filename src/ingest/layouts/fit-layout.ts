import { columnsCalled, type KnownColumns } from '../columns/columns';
import { type Field, fields, isField } from '../columns/fields';
import type { CellTest, Layout, RowKind, StatusRule } from './layout';
import { comparable } from './parse-layout';

/** What a row is for the import. */
export type RowRole = { as: RowKind } | { skip: string } | { refuse: string };

/** A layout, made ready for the columns of one file. */
export interface FittedLayout {
  layout: Layout;
  /** the columns as the file spells them; undefined: each field has its own name */
  known: KnownColumns | undefined;
  /** whether any row may be something other than a line */
  hasRowRules: boolean;
  /** whether rows may take units of their orders back */
  hasRefunds: boolean;
  roleOf(cells: readonly string[]): RowRole;
  /** The ISO 4217 code of a text in the column of the currency; '' where its sign is unknown. */
  currencyOf(text: string): string;
  /** the status columns that the file has */
  statuses: readonly { rule: StatusRule; index: number }[];
}

const LINE: RowRole = { as: 'line' };

/**
 * Finds the columns of a layout in the header of a file. Headers are compared without regard to case.
 * @param columnOf where a field comes from, for rules that name fields
 */
export function fitLayout(
  layout: Layout,
  header: readonly string[],
  columnOf: (field: Field) => number | undefined = () => undefined,
): FittedLayout {
  const spelled = spellingOf(header);
  const indexOf = (name: string): number | undefined =>
    (isField(name) ? columnOf(name) : undefined) ?? columnsCalled(header, spelled(name))[0];
  const rules = layout.rows.flatMap(({ when, role }) => {
    const tests = [...when].map(([name, test]) => ({ index: indexOf(name), holds: cellTest(test) }));
    // A rule on a column that the file has not says nothing of its rows.
    return tests.every(({ index }) => index !== undefined) ? [{ tests, role }] : [];
  });
  return {
    layout,
    known: layout.columns && knownColumns(layout, spelled),
    hasRowRules: rules.length > 0,
    hasRefunds: rules.some(({ role }) => 'as' in role && role.as === 'refund'),
    roleOf(cells) {
      const rule = rules.find(({ tests }) =>
        tests.every(({ index, holds }) => holds((cells[index ?? 0] ?? '').trim())),
      );
      return rule?.role ?? LINE;
    },
    currencyOf: currencyReader(layout),
    statuses: layout.statuses.flatMap((rule) => {
      const index = indexOf(rule.column);
      return index === undefined ? [] : [{ rule, index }];
    }),
  };
}

/** A name as the header spells it, or as it is. */
function spellingOf(header: readonly string[]): (name: string) => string {
  const bySpelling = new Map<string, string>();
  for (const name of header) if (!bySpelling.has(comparable(name))) bySpelling.set(comparable(name), name);
  return (name) => (header.includes(name) ? name : (bySpelling.get(comparable(name)) ?? name));
}

function knownColumns(layout: Layout, spelled: (name: string) => string): KnownColumns {
  const columns: Partial<Record<Field, readonly string[]>> = {};
  for (const field of fields) {
    const names = layout.columns?.[field];
    if (names !== undefined) columns[field] = names.map(spelled);
  }
  return { columns, defaults: layout.defaults };
}

function cellTest(test: CellTest): (text: string) => boolean {
  if ('oneOf' in test) return (text) => test.oneOf.includes(comparable(text));
  if ('matches' in test) return (text) => test.matches.test(text);
  if (test.is === 'blank') return (text) => text === '';
  if (test.is === 'filled') return (text) => text !== '';
  return isNegative;
}

/** Nearly every amount. */
const PLAIN = /^\d[\d.,]*$/;

/** Whether an amount is below zero in any notation: `-5`, `$-5.00`, `5.00-`, `(5.00)`. */
const isNegative = (text: string): boolean =>
  !PLAIN.test(text) &&
  /[1-9]/.test(text) &&
  (/^[^\d.,]*[-\u2212(]/.test(text) || /\d\s*[-\u2212]$/.test(text));

/** What an amount has beside its number. */
const signOf = (text: string): string => text.replace(/[\d.,'’()\s\u2212-]+/gu, ' ').trim();

function currencyReader({ currencySigns }: Layout): (text: string) => string {
  // Codes of currencies are written in capitals: `usd` can mean nothing else.
  if (currencySigns === undefined) return (text) => text.toUpperCase();
  return (text) => currencySigns.get(signOf(text)) ?? '';
}
