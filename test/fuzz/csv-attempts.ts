import type { Random } from '../../src/ingest/simulator/random';
import { type CsvAttempt, utf8 } from './attempt';
import { caseAttempt } from './case-attempts';
import { mutateBytes, mutateText } from './mutate';

const HEADER = [
  'order_id',
  'ordered_at',
  'customer_id',
  'country',
  'region',
  'currency',
  'product_id',
  'product_name',
  'category',
  'unit_price',
  'quantity',
  'discount',
  'shipping',
  'tax',
];
const CELLS: Record<string, readonly string[]> = {
  ordered_at: ['2026-03-01T10:00:00Z', '2026-03-01', '01.03.2026', '45000', ''],
  country: ['DE', 'France', ' ', 'cafe\u0301'],
  currency: ['EUR', 'JPY', 'eur', 'XXX', ''],
  unit_price: ['7.50', '7,50', '1e3', '-1', '0', '', '1.2345', '99999999999999'],
  quantity: ['1', '2', '-1', '0', '1.0', 'x', '2147483648'],
  discount: ['', '0', '1.00', '99999', '-1'],
  shipping: ['', '3.95', 'free'],
  tax: ['', '0.00', '1.999'],
};
const OTHERS = [
  '',
  'a',
  'ada',
  '"quoted"',
  '"',
  'two\nlines',
  "'",
  '=1+1',
  '\0',
  'x'.repeat(300),
  'N/A',
  'Kitchen ',
];

/** A file of order lines: mostly well formed, with cells, rows and bytes that are not. */
export function csvAttempt(random: Random): CsvAttempt {
  if (random.chance(0.2)) return caseAttempt(random);
  const delimiter = random.pick([',', ';', '\t', '|']);
  const header = HEADER.filter(() => random.chance(0.99));
  const row = () => header.map((name) => escaped(cell(name, random), delimiter, random)).join(delimiter);
  const rows = Array.from({ length: random.between(0, 40) }, row);
  if (random.chance(0.1))
    rows.splice(random.between(0, rows.length), 0, ...Array(random.between(1, 2_000)).fill(''));
  const text = [header.join(delimiter), ...rows].join(random.pick(['\n', '\r\n', '\n', '\r']));
  const bytes = utf8(random.chance(0.2) ? mutateText(text, random) : text);
  return { kind: 'csv', bytes: random.chance(0.1) ? mutateBytes(bytes, random) : bytes, delimiter };
}

function cell(name: string, random: Random): string {
  if (name.endsWith('_id'))
    return random.chance(0.05) ? random.pick(OTHERS) : `csv-${random.between(1, 400)}`;
  const usual = CELLS[name];
  if (!usual) return random.pick(OTHERS);
  return random.chance(0.7) ? (usual[0] ?? '') : random.pick(usual);
}

function escaped(text: string, delimiter: string, random: Random): string {
  const needed = text.includes('"') || text.includes('\n') || text.includes(delimiter);
  return needed && random.chance(0.9) ? `"${text.replaceAll('"', '""')}"` : text;
}
