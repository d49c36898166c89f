import type { IssueCreditNote, PlaceOrder } from '../../commands';
import { DAY_MS, dayIn } from '../../domain/calendar';
import { lineAmount, parseAmount } from '../../domain/money';
import { MUST_NOT_BE_EMPTY } from '../../domain/text';
import { withoutSign } from './amount-reader';
import { importKey } from './import-key';
import type { Lifecycle } from './lifecycle';
import type { Line, ReadRow } from './line';
import { mergeSaid } from './merge-said';
import type { LifeReader, LifeSaid } from './order-life';
import type { OrderSaid } from './order-said';
import { isLifecycle, type PlannedOrder, planLifecycle } from './plan-lifecycle';
import { isProblem, type PricedLine, type PricingOptions, priceDocument } from './pricing';
import type { Reason } from './row-values';
import type { RefusedRow, StagedDocument } from './staging';

/** A row of a document that can be used, and what was read from it. */
export interface DocumentRow {
  row: number;
  line: Line;
  isDiscount: boolean;
}

/** One order or credit note of the file, ready for its command. */
export interface OrderDocument {
  id: string;
  isCreditNote: boolean;
  /** Unix milliseconds */
  orderedAt: number;
  said: OrderSaid;
  rows: DocumentRow[];
  lines: PricedLine[];
  /** decimals, '' where none was given */
  shipping: string;
  tax: string;
  /** what becomes of it once it is placed; undefined where the file does not say */
  life: Lifecycle | undefined;
}

export interface DocumentRules extends PricingOptions {
  /** IANA name: the zone of its days */
  timeZone: string;
  /** by how many days the rows of one order may differ */
  sameOrderDays: number;
  /** what no row says */
  defaults: OrderSaid;
  /** a document of negative quantities at price 0 is a credit note */
  zeroPriceReturns?: boolean;
}

/** A staged document, read again. */
export interface ReadDocument {
  staged: StagedDocument;
  read: ReadRow[];
  said: OrderSaid;
  conflict: { of: number; reason: Reason } | undefined;
  /** undefined where the file does not say what becomes of an order */
  life: LifeSaid | undefined;
}

export function readDocument(
  staged: StagedDocument,
  readRow: (cells: readonly string[]) => ReadRow,
  defaults: OrderSaid,
  readLife?: LifeReader,
): ReadDocument {
  const read = staged.rows.map(({ cells }) => readRow(cells));
  const merged = mergeSaid(
    read.map(({ said }) => said),
    staged.rows.map(({ row }) => row),
    defaults,
    read.map(({ isOfOrder }) => isOfOrder),
  );
  return { staged, read, ...merged, life: readLife?.(staged.rows, read) };
}

/** The rows of a document that can be used. */
export function usableRows({ staged, read }: ReadDocument): DocumentRow[] {
  const usable: DocumentRow[] = [];
  for (const [i, { row, refused }] of staged.rows.entries()) {
    const { line, isDiscount = false } = read[i] ?? {};
    if (!refused && line !== undefined) usable.push({ row, line, isDiscount });
  }
  return usable;
}

/** Whether every row can be used that sells something, or takes something off. */
export const isWhole = ({ staged }: ReadDocument): boolean => staged.rows.every(({ refused }) => !refused);

/** A document, or the row that shows why there is none. */
export type Composed = { document: OrderDocument } | { refused: RefusedRow };

/**
 * Makes an order or a credit note of the rows that can be used, and checks what only the whole shows.
 * @param rows not empty
 */
export function composeDocument(
  { staged, said, conflict, life }: ReadDocument,
  rows: DocumentRow[],
  rules: DocumentRules,
): Composed {
  const { id, isCreditNote, orderedAt } = staged;
  const refuse = (row: number, reason: Reason): Composed => ({ refused: { row, documentId: id, reason } });
  const firstRow = rows[0]?.row ?? 0;
  if (conflict !== undefined) return refuse(staged.rows[conflict.of]?.row ?? firstRow, conflict.reason);
  if (orderedAt === undefined) return refuse(firstRow, { label: `ordered_at ${MUST_NOT_BE_EMPTY}` });
  for (const field of ['country', 'currency'] as const)
    if (said[field] === '') return refuse(firstRow, { label: `${field} ${MUST_NOT_BE_EMPTY}` });
  const reused = reusedId(staged, rules);
  if (reused !== undefined) return refuse(firstRow, reused);
  if (isCreditNote && !rules.zeroPriceReturns && rows.every(({ line }) => isFree(line)))
    return refuse(firstRow, {
      label: 'takes back goods at price 0',
      detail: 'a stock write-off? --zero-price-returns imports it as a credit note',
    });
  const priced = priceDocument(rows, said, isCreditNote, rules);
  if (isProblem(priced)) return refuse(rows[priced.of]?.row ?? firstRow, priced.reason);
  const document: OrderDocument = { id, isCreditNote, orderedAt, said, rows, ...priced, life: undefined };
  if (life === undefined || isCreditNote) return { document };
  const planned = planLifecycle(plannedOrder(document, life));
  if (!isLifecycle(planned)) return refuse(firstRow, planned);
  return { document: { ...document, life: planned } };
}

const isFree = ({ unitPrice, amounts }: Line): boolean =>
  [unitPrice, amounts?.line_subtotal, amounts?.line_total].every((text) => !text || Number(text) === 0);

/** The order as it will be placed. What its command refuses anyway counts as 0. */
function plannedOrder(document: OrderDocument, { does, at, returned }: LifeSaid): PlannedOrder {
  const { said, rows, lines, shipping, tax } = document;
  const amount = (text: string | undefined) => (text && parseAmount(text, said.currency)) || 0;
  return {
    currency: said.currency,
    lines: lines.map(({ of, unitPrice, quantity, discount }) => ({
      productId: rows[of]?.line.productId ?? '',
      quantity,
      amount: (lineAmount(unitPrice, quantity, said.currency) ?? 0) - amount(discount),
    })),
    shipping: amount(shipping),
    tax: amount(tax),
    does,
    at,
    refunded: said.refunded === '' ? undefined : amount(withoutSign(said.refunded)),
    returnedUnits: returned,
  };
}

/** One id on days far apart is two orders, of which the later one has the id of the earlier. */
function reusedId(
  { orderedAt, lastOrderedAt }: StagedDocument,
  { timeZone, sameOrderDays }: DocumentRules,
): Reason | undefined {
  if (orderedAt === undefined || lastOrderedAt === undefined || orderedAt === lastOrderedAt) return undefined;
  const [first, last] = [dayIn(timeZone)(orderedAt), dayIn(timeZone)(lastOrderedAt)];
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MS;
  if (days <= sameOrderDays) return undefined;
  return {
    label: 'one order_id on several days',
    detail: `${first} and ${last}; is the id used again? --same-order-days ${days} takes them for one order`,
  };
}

export function placeOrderInput(document: OrderDocument): PlaceOrder {
  const { id, orderedAt, said, lines, shipping, tax } = document;
  return {
    idempotencyKey: importKey(id),
    orderId: id,
    ...saleOf(said),
    placedAt: orderedAt,
    lines: lines.map((line) => ({ ...productOf(document, line), discount: line.discount })),
    shipping: shipping || undefined,
    tax: tax || undefined,
  };
}

export function issueCreditNoteInput(document: OrderDocument): IssueCreditNote {
  const { id, orderedAt, said, lines, shipping, tax } = document;
  return {
    idempotencyKey: importKey(id),
    creditNoteId: id,
    ...saleOf(said),
    occurredAt: orderedAt,
    lines: lines.map((line) => productOf(document, line)),
    shipping: shipping || undefined,
    tax: tax || undefined,
  };
}

function saleOf(said: OrderSaid) {
  return {
    customerId: said.customer_id || null,
    country: said.country,
    region: said.region || null,
    currency: said.currency,
    exchangeRate: said.exchange_rate || undefined,
  };
}

function productOf({ rows }: OrderDocument, { of, unitPrice, quantity }: PricedLine) {
  const { productId = '', productName, category } = rows[of]?.line ?? {};
  return { productId, productName, category, unitPrice, quantity };
}
