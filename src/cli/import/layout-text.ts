import type { Layout } from '../../ingest/layouts/layout';
import { meaningText, testText } from '../../ingest/layouts/layout-json';
import { table } from './table';

type Lines = [string, string][];

/** The layouts, one a line, with the headers that tell them. */
export function listLayouts(layouts: readonly Layout[]): string {
  return layouts
    .map(({ name, title, headers, columns }) =>
      table([
        [name, title],
        ['  told by', headers.length === 0 ? 'no other layout fits' : headers.map(either).join(', ')],
        ['  maps', columns === undefined ? 'columns called as the fields' : Object.keys(columns).join(', ')],
      ]),
    )
    .join('\n');
}

const either = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(' or ');

/** All that a layout says, as lines for people. */
export function describeLayout(layout: Layout): string {
  const { name, title, notes, headers, columns, defaults, dateFormats, timeZone, decimal, rows, statuses } =
    layout;
  const lines: Lines = [
    [name, title],
    ...notes.map((note): [string, string] => ['', note]),
    ['told by', headers.length === 0 ? 'no other layout fits' : headers.map(either).join(', ')],
    ...Object.entries(columns ?? {}).map(([field, names]): [string, string] => [
      field,
      names.map((header) => JSON.stringify(header)).join(', else '),
    ]),
    ...Object.entries(defaults).map(([field, text]): [string, string] => [
      field,
      `${text} where there is none`,
    ]),
    ...(dateFormats.length > 0 ? [['times', dateFormats.join(' or ')] as [string, string]] : []),
    ...(timeZone === undefined ? [] : [['time zone', timeZone] as [string, string]]),
    ...(decimal === undefined ? [] : [['numbers', `decimal ${decimal}`] as [string, string]]),
    ...currencies(layout),
    ...rows.map(({ when, role }): [string, string] => {
      const tests = [...when]
        .map(([column, test]) => `${JSON.stringify(column)} ${testText(test)}`)
        .join(', ');
      const is =
        'as' in role ? ROLES[role.as] : 'skip' in role ? `not used: ${role.skip}` : `refused: ${role.refuse}`;
      return ['a row', `whose ${tests}: ${is}`];
    }),
    ...statuses.flatMap(
      ({ column, values, filled, blank }): Lines => [
        ...[...values].map(([text, meaning]): [string, string] => [
          column,
          `${text}: ${meaningText(meaning)}`,
        ]),
        ...(filled === undefined
          ? []
          : [[column, `any other text: ${meaningText(filled)}`] as [string, string]]),
        ...(blank === undefined ? [] : [[column, `blank: ${meaningText(blank)}`] as [string, string]]),
      ],
    ),
  ];
  return table(lines);
}

const ROLES = {
  order: 'says something of its order, and is no line',
  discount: 'is a discount of its order',
  refund: 'takes units of its order back',
} as const;

function currencies({ currencySigns }: Layout): Lines {
  if (currencySigns === undefined) return [];
  return [['currency', [...currencySigns].map(([sign, code]) => `${sign} is ${code}`).join(', ')]];
}
