import type { ImportReport, Preview, PreviewedDocument, RejectsOutcome } from '../../ingest/orders/report';
import { count, table } from './table';

const MOST_REASONS = 10;
const MOST_IDS = 20;

type Lines = [string, string][];

const OF_REJECTS_FILE: Record<RejectsOutcome, (file: string) => string> = {
  written: (file) => file,
  'not needed': (file) => `none; ${file} was left as it is`,
  'left: stopped': (file) => `${file} was not written, because the import was stopped`,
  'left: nothing imported': (file) =>
    `${file} was there before and was left as it is, because nothing was imported; name another file`,
};

/** What an import did, as lines for people. */
export function describeReport(report: ImportReport, rejectsFile: string | undefined): string {
  const { rejected, leftOut, partial, preview } = report;
  const lines: Lines = [
    ['rows', count(report.rows)],
    [report.dryRun ? 'orders (new)' : 'orders', count(report.orders)],
    [report.dryRun ? 'credit notes (new)' : 'credit notes', count(report.creditNotes)],
    ['lines', count(report.lines)],
    ['already there', count(report.alreadyThere)],
    ...later(report),
    ['left out', `${count(leftOut)} orders left out, ${count(rejected.rows)} rows`],
    ...reasons(report),
    ...money(report),
    ...(partial.documents > 0 ? [['orders in part', partText(partial)] as [string, string]] : []),
    ['time', `${report.seconds.toFixed(1)} s`],
  ];
  if (rejectsFile !== undefined && report.rejectsFile !== undefined)
    lines.push(['rejects', OF_REJECTS_FILE[report.rejectsFile](rejectsFile)]);
  const title = report.dryRun ? 'Dry run: nothing was imported.\n' : '';
  return title + table(lines) + (preview === undefined ? '' : describePreview(preview));
}

const STEPS = {
  pay: 'paid',
  ship: 'shipped',
  deliver: 'delivered',
  return: 'returned',
  cancel: 'cancelled',
} as const satisfies Record<keyof ImportReport['steps'], string>;

/** What became of orders after they were placed, and which were none. */
function later({ steps, refunds, notSold, skipped }: ImportReport): Lines {
  const done = Object.entries(STEPS).flatMap(([step, name]) => {
    const orders = steps[step as keyof typeof STEPS];
    return orders === undefined ? [] : [`${count(orders)} ${name}`];
  });
  return [
    ...(done.length > 0 ? [['of them', done.join(', ')] as [string, string]] : []),
    ...(refunds > 0 ? [['refunds', `${count(refunds)} of orders that were there`] as [string, string]] : []),
    ...(notSold.documents > 0 ? [['no sale', `${count(notSold.documents)} orders`] as [string, string]] : []),
    ...notSold.reasons.map(({ label, documents, first }): [string, string] => [
      '',
      `${count(documents)} x ${label} (first: ${first})`,
    ]),
    ...skipped.map(({ reason, rows }): [string, string] => ['rows not used', `${count(rows)} x ${reason}`]),
  ];
}

function reasons({ rejected }: ImportReport): Lines {
  const shown = rejected.reasons.slice(0, MOST_REASONS);
  const lines = shown.map(({ label, rows, firstRow, firstDetail }): [string, string] => [
    '',
    `${count(rows)} x ${label} (first: row ${firstRow}${firstDetail === null ? '' : `, ${firstDetail}`})`,
  ]);
  const more = rejected.reasons.length - shown.length;
  return more > 0 ? [...lines, ['', `and ${count(more)} more reasons`]] : lines;
}

function money(report: ImportReport): Lines {
  const kinds = [
    ['imported', 'imported'],
    ['alreadyThere', 'already there'],
    ['leftOut', 'left out (what could be read)'],
  ] as const;
  return report.money.flatMap(({ currency, ...sums }) =>
    kinds
      .map(([key, name]) => ({ name, ...sums[key] }))
      .filter(({ orders, creditNotes }) => Number(orders) !== 0 || Number(creditNotes) !== 0)
      .map(({ name, orders, creditNotes }): [string, string] => [
        currency,
        `${name}: orders ${orders}, credit notes ${creditNotes}`,
      ]),
  );
}

const partText = ({ documents, ids }: ImportReport['partial']): string =>
  `${count(documents)} without refused rows: ${ids.slice(0, MOST_IDS).join(', ')}` +
  (documents > MOST_IDS ? ' ...' : '');

function describePreview({ first, months }: Preview): string {
  const totals = months.map(({ month, currency, orders, creditNotes, net }): [string, string] => [
    `${month} ${currency}`,
    `${count(orders)} orders, ${count(creditNotes)} credit notes, net ${net}`,
  ]);
  return [
    ...first.map((document) => `\n${describeDocument(document)}`),
    ...(totals.length > 0 ? [`\n${table(totals)}`] : []),
  ].join('');
}

function lineText(line: PreviewedDocument['lines'][number]): string {
  const { quantity, unitPrice, discount, productId, productName, category } = line;
  const price = `${quantity} x ${unitPrice}${discount ? ` less ${discount}` : ''}`;
  return `${price}  ${productId}, ${productName} (${category})`;
}

function describeDocument(document: PreviewedDocument): string {
  const { currency, exchangeRate, customerId, country, region, lines } = document;
  return table([
    [document.kind, document.id],
    ['  at', document.orderedAt],
    ['  customer', `${customerId ?? 'a guest'}, ${region === null ? '' : `${region}, `}${country}`],
    ...lines.map((line): [string, string] => ['  line', lineText(line)]),
    ['  shipping', document.shipping],
    ['  tax', document.tax],
    ['  total', `${document.total} ${currency}${exchangeRate === null ? '' : ` at ${exchangeRate}`}`],
  ]);
}
