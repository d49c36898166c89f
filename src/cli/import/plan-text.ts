import { CANONICAL } from '../../ingest/layouts/catalogue';
import type { ImportPlan } from '../../ingest/orders/plan';
import { table } from './table';

const FROM_OF_ZONE = {
  option: '--time-zone',
  layout: "the layout's",
  store: "the store's",
  configuration: 'STORE_TIME_ZONE',
  default: 'nobody has named one',
} as const;

const FROM_OF_CURRENCY = {
  option: '--reporting-currency',
  store: "the store's",
  configuration: 'REPORTING_CURRENCY',
  file: 'the only one of the file; the store keeps it for ever',
} as const;

/** How a file is read, as lines for people. */
export function describePlan(plan: ImportPlan): string {
  const { layout, form, columns, ignoredColumns, times, numbers, timeZone, reportingCurrency, warnings } =
    plan;
  const hasRates = columns.some(({ field }) => field === 'exchange_rate');
  return table([
    ...form.map((sentence): [string, string] => ['file', sentence]),
    ['layout', layoutText(layout)],
    ...(layout?.notes ?? []).map((note): [string, string] => ['', note]),
    ...columns.map((source): [string, string] => [source.field, sourceText(source)]),
    ...(layout !== null && layout.statuses.length > 0
      ? [['status', layout.statuses.map((name) => JSON.stringify(name)).join(' and ')] as [string, string]]
      : []),
    ...(ignoredColumns.length > 0
      ? [
          ['columns not used', ignoredColumns.map((name) => JSON.stringify(name)).join(', ')] as [
            string,
            string,
          ],
        ]
      : []),
    ['times', `${times}; zone ${timeZone.name} (${FROM_OF_ZONE[timeZone.from]})`],
    ['numbers', numbers],
    ...(reportingCurrency === null
      ? []
      : [
          [
            'totals in',
            `${reportingCurrency.code} (${FROM_OF_CURRENCY[reportingCurrency.from]})` +
              (hasRates ? `; exchange rates say what one unit is worth in ${reportingCurrency.code}` : ''),
          ] as [string, string],
        ]),
    ...warnings.map((warning): [string, string] => ['warning', warning]),
  ]);
}

function layoutText(layout: ImportPlan['layout']): string {
  if (layout === null) return 'none: columns by the names of the fields';
  const { name, title, detected } = layout;
  // The layout of every file that no other one fits is told by nothing.
  const told = detected && name !== CANONICAL;
  return `${name} (${title})${told ? ', told by its header; --layout none reads it without' : ''}`;
}

function sourceText({ headers, default: value }: ImportPlan['columns'][number]): string {
  const columns = headers.map((name) => JSON.stringify(name)).join(', else ');
  if (value === undefined || value === '') return columns;
  return columns === '' ? `always ${value}` : `${columns}; ${value} where there is none`;
}
