import { createHash } from 'node:crypto';
import type { IssueCreditNote, PlaceOrder } from '../../commands';
import { multiplyDivideRound, parseDecimal } from '../../domain/decimal';
import { AMOUNT_LIMIT, formatAmount, lineAmount } from '../../domain/money';
import type { CsvRow } from '../files/rows';
import { type DocumentHeader, differences, type Line, type ReadRow, type Reason } from './line';
import type { RejectedRow, StagedDocument } from './staging';

/** A usable row, and what was read from it. */
export interface DocumentLine extends CsvRow {
  line: Line;
}

/** One order or credit note of the file, ready for its command. */
export interface OrderDocument {
  id: string;
  isCreditNote: boolean;
  /** Unix milliseconds */
  orderedAt: number;
  header: DocumentHeader;
  lines: DocumentLine[];
  /** fields in which a later row differs from the first one */
  differing: (keyof DocumentHeader)[];
}

/** Reads a staged document's rows again. A credit note cannot have discounts: rows that do are rejected. */
export function readDocument(
  staged: StagedDocument,
  readRow: (cells: readonly string[]) => ReadRow,
): { document: OrderDocument | undefined; rejects: RejectedRow[] } {
  const lines: DocumentLine[] = [];
  const rejects: RejectedRow[] = [];
  for (const { row, cells } of staged.rows) {
    const { line } = readRow(cells);
    if (line === undefined) continue;
    if (staged.isCreditNote && line.discount !== undefined)
      rejects.push(rejected(staged.id, { row, cells }, { label: 'a discount in a credit note' }));
    else lines.push({ row, cells, line });
  }
  const first = lines[0];
  if (first === undefined) return { document: undefined, rejects };
  const { header } = first.line;
  const differing = [...new Set(lines.flatMap(({ line }) => differences(header, line.header)))];
  const { id, isCreditNote, orderedAt } = staged;
  return { document: { id, isCreditNote, orderedAt, header, lines, differing }, rejects };
}

export function rejected(documentId: string, { row, cells }: CsvRow, reason: Reason): RejectedRow {
  return { row, documentId, reason, cells };
}

export function placeOrderInput(document: OrderDocument): PlaceOrder {
  const { id, orderedAt, header, lines } = document;
  return {
    idempotencyKey: importKey(id),
    orderId: id,
    ...saleOf(header),
    placedAt: orderedAt,
    lines: lines.map(({ line }) => ({
      ...productOf(line),
      quantity: line.quantity,
      discount: discountOf(line, header.currency),
    })),
    shipping: header.shipping || undefined,
    tax: header.tax || undefined,
  };
}

export function issueCreditNoteInput(document: OrderDocument): IssueCreditNote {
  const { id, orderedAt, header, lines } = document;
  return {
    idempotencyKey: importKey(id),
    creditNoteId: id,
    ...saleOf(header),
    occurredAt: orderedAt,
    lines: lines.map(({ line }) => ({ ...productOf(line), quantity: -line.quantity })),
    shipping: withoutSign(header.shipping) || undefined,
    tax: withoutSign(header.tax) || undefined,
  };
}

/** Files write the amounts of a credit note with either sign. */
const withoutSign = (decimal: string): string => decimal.replace(/^-/, '');

/** Sum of the lines before discounts in minor units, computed as the command does. */
export function grossOf({ header, lines }: OrderDocument): bigint {
  let gross = 0n;
  for (const { line } of lines)
    gross += BigInt(lineAmount(line.unitPrice, Math.abs(line.quantity), header.currency) ?? 0);
  return gross;
}

const LONGEST_PLAIN_KEY = 200;

/** Follows from the document alone, so that importing it again is the same request. */
function importKey(documentId: string): string {
  const key = `import:${documentId}`;
  if ([...key].length <= LONGEST_PLAIN_KEY) return key;
  return `import:sha256:${createHash('sha256').update(documentId).digest('hex')}`;
}

function saleOf(header: DocumentHeader) {
  return {
    customerId: header.customer_id || null,
    country: header.country,
    region: header.region || null,
    currency: header.currency,
    exchangeRate: header.exchange_rate || undefined,
  };
}

function productOf({ productId, productName, category, unitPrice }: Line) {
  return { productId, productName, category, unitPrice };
}

/** A rate is applied to the rounded gross of the line, and rounded half away from zero. */
function discountOf({ discount, unitPrice, quantity }: Line, currency: string): string | undefined {
  if (discount === undefined) return undefined;
  if ('amount' in discount) return discount.amount;
  const gross = lineAmount(unitPrice, quantity, currency);
  const rate = parseDecimal(discount.rate, discount.rate.length);
  // The command refuses what cannot be computed: an unknown currency, or too large an amount.
  if (gross === undefined || rate === undefined) return undefined;
  const amount = multiplyDivideRound(gross, rate.coefficient, 10n ** BigInt(rate.scale), AMOUNT_LIMIT);
  return amount === undefined ? undefined : formatAmount(amount, currency);
}
