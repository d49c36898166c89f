import type { Columns } from '../columns/columns';
import type { Field } from '../columns/fields';
import type { RowRole } from '../layouts/fit-layout';
import { dateAndTime } from '../values/date-and-time';
import { NullTexts } from './null-texts';
import { inCapitals, type OrderSaid, orderSaidReader } from './order-said';
import type { Readings } from './readings';
import { type Reason, RowValues } from './row-values';

export type Discount = { amount: string } | { rate: string };

/** What one row of an order file says. Decimals have no exponent and no trailing zeros; '' is none. */
export interface Line {
  productId: string;
  productName: string;
  category: string;
  unitPrice: string;
  /** a whole number other than zero; below zero in a credit note */
  quantity: number;
  /** an amount, or a share of the gross from 0 to 1 */
  discount: Discount | undefined;
  /** undefined where the file has no columns for them */
  amounts: LineAmounts | undefined;
}

/** Amounts of a line, and what is part of its order's shipping and tax. */
const LINE_AMOUNTS = [
  'line_subtotal',
  'line_total',
  'line_shipping',
  'line_shipping_discount',
  'line_tax',
  'line_shipping_tax',
] as const satisfies readonly Field[];

export type LineAmounts = Record<(typeof LINE_AMOUNTS)[number], string>;

/** Units of an order that come back. */
export interface Refund {
  productId: string;
  /** above zero */
  quantity: number;
  /** Unix milliseconds */
  at: number | undefined;
}

/** A row as far as it could be read. It is usable only without a `reason`. */
export interface ReadRow {
  documentId: string;
  /** Unix milliseconds; undefined where the cell is blank or no time */
  orderedAt: number | undefined;
  /** undefined where it could not be read, and for a row that sells nothing */
  quantity: number | undefined;
  /** what it says of its order; undefined where its cells cannot be told apart */
  said: OrderSaid | undefined;
  line: Line | undefined;
  /** it takes something off its order: `line` has a price below zero */
  isDiscount: boolean;
  /** it has fields of its order, and no line */
  isOfOrder: boolean;
  /** it takes units of its order back, and is no line */
  refund: Refund | undefined;
  reason: Reason | undefined;
}

export interface RowOptions {
  /**
   * whether a row with a price below zero is a discount of its order; undefined: where a layout says so. One
   * that is none cannot be used
   */
  negativeLinesAreDiscounts?: boolean;
  /** what a row is by the rules of a layout */
  roleOf?: (cells: readonly string[]) => RowRole;
  /** the code of a currency by the text of its column */
  currencyOf?: (text: string) => string;
  /** texts that stand for nothing */
  nulls?: readonly string[];
}

export interface RowReader {
  /** Looks at a row's notation, before any row of its batch is read. */
  observe(row: number, cells: readonly string[]): void;
  read(cells: readonly string[]): ReadRow;
  /** texts that look like nothing and were taken as they are -> in how many cells */
  suspicious: ReadonlyMap<string, number>;
}

const MAX_CELL_CHARACTERS = 64 * 1024;

/**
 * @returns a reader of the rows of one file. It says of an unusable row why, and what could still be read.
 */
export function rowReader(
  columns: Columns,
  readings: Readings,
  { negativeLinesAreDiscounts, nulls, roleOf, currencyOf }: RowOptions = {},
): RowReader {
  const nullTexts = new NullTexts(nulls);
  const cells = nullTexts.in(columns);
  const timeOf = timeReader(cells);
  const codeOf = currencyOf ?? inCapitals;
  const orderSaid = orderSaidReader(cells, readings, nullTexts, currencyOf);
  const hasAmounts = LINE_AMOUNTS.some((field) => has(columns, field));

  const read = (row: readonly string[]): ReadRow => {
    const malformed = shapeProblem(columns, row);
    const documentId = cells.read(row, 'order_id').slice(0, MAX_DOCUMENT_ID);
    if (malformed) return { ...UNREAD, documentId, reason: malformed };
    const role = roleOf?.(row);
    const kind = role !== undefined && 'as' in role ? role.as : 'line';
    const values = new RowValues(
      (field) => cells.read(row, field),
      readings,
      () => codeOf(cells.read(row, 'currency')),
    );
    values.orderId();
    const timeText = timeOf(row);
    const orderedAt = timeText === '' ? undefined : readings.time(timeText);
    if (orderedAt === undefined && timeText !== '')
      values.unreadable('ordered_at', timeText, readings.timeProblem(timeText));
    const { said, reason } = orderSaid(row);
    if (reason !== undefined) values.refuse(reason);
    if (role !== undefined && 'refuse' in role) values.refuse({ label: role.refuse });
    if (kind === 'order')
      return { ...UNREAD, documentId, orderedAt, said, isOfOrder: true, reason: values.reason };
    const quantity = quantityOf(values);
    if (kind === 'refund') {
      const refund = { productId: values.id('product_id'), quantity: Math.abs(quantity ?? 0), at: orderedAt };
      return { ...UNREAD, documentId, said, refund, reason: values.reason };
    }
    const line: Line = {
      productId: values.id('product_id'),
      productName: values.optionalName('product_name') || values.text('product_id'),
      category: values.name('category'),
      unitPrice: hasAmounts && values.text('unit_price') === '' ? '' : priceOf(values),
      quantity: quantity ?? 0,
      discount: discountOf(values),
      amounts: hasAmounts ? amountsOf(values) : undefined,
    };
    if (hasAmounts && !line.unitPrice && !line.amounts?.line_subtotal && !line.amounts?.line_total)
      values.required('unit_price');
    nullTexts.note(line.productId, line.productName, line.category);
    const isDiscount =
      (kind === 'discount' && negativeLinesAreDiscounts !== false) ||
      (negativeLinesAreDiscounts === true && takesOff(line));
    if (!isDiscount) refuseNegative(values, line);
    return {
      documentId,
      orderedAt,
      // A coupon among goods that come back makes no return of them: its order is an exchange.
      quantity: isDiscount && negativeLinesAreDiscounts ? undefined : quantity,
      said,
      line,
      isDiscount,
      isOfOrder: false,
      refund: undefined,
      reason: values.reason,
    };
  };
  return {
    observe: (number, row) => {
      if (row.length === columns.width) readings.observe(number, timeOf(row), row);
    },
    read,
    suspicious: nullTexts.suspicious,
  };
}

const UNREAD: Omit<ReadRow, 'documentId'> = {
  orderedAt: undefined,
  quantity: undefined,
  said: undefined,
  line: undefined,
  isDiscount: false,
  isOfOrder: false,
  refund: undefined,
  reason: undefined,
};

const has = (columns: Columns, field: Field): boolean =>
  columns.indexes(field).length > 0 || columns.defaultOf(field) !== '';

function priceOf(values: RowValues): string {
  return values.required('unit_price') === '' ? '' : values.decimal('unit_price');
}

function quantityOf(values: RowValues): number | undefined {
  if (values.required('quantity') === '') return undefined;
  const number = values.wholeNumber('quantity');
  if (number === 0) values.refuse({ label: 'quantity must not be zero' });
  return number;
}

function discountOf(values: RowValues): Discount | undefined {
  const amount = nonZero(values, 'discount');
  const rate = nonZero(values, 'discount_rate');
  if (rate === '') return amount === '' ? undefined : { amount };
  if (amount !== '') {
    values.refuse({ label: 'both discount and discount_rate' });
    return undefined;
  }
  if (rate.startsWith('-') || Number(rate) > 1)
    values.refuse({ label: 'discount_rate not from 0 to 1', detail: rate });
  return { rate };
}

function nonZero(values: RowValues, field: Field): string {
  const decimal = values.decimal(field);
  return decimal === '0' ? '' : decimal;
}

function amountsOf(values: RowValues): LineAmounts {
  const amounts: Partial<LineAmounts> = {};
  for (const field of LINE_AMOUNTS) amounts[field] = values.decimal(field);
  return amounts as LineAmounts;
}

/** The time of a row as one text, also where day and time stand in two columns. */
function timeReader(columns: Columns): (cells: readonly string[]) => string {
  if (!has(columns, 'ordered_date')) return (cells) => columns.cell(cells, 'ordered_at');
  return (cells) => {
    const at = columns.cell(cells, 'ordered_at');
    const day = columns.cell(cells, 'ordered_date');
    if (at !== '' || day === '') return at;
    return dateAndTime(day, columns.read(cells, 'ordered_time'));
  };
}

/** Whether a line has an amount below zero. */
function takesOff({ unitPrice, quantity, amounts }: Line): boolean {
  if (unitPrice !== '') return unitPrice.startsWith('-');
  return quantity > 0 && [amounts?.line_total, amounts?.line_subtotal].some((text) => text?.startsWith('-'));
}

function refuseNegative(values: RowValues, line: Line): void {
  if (line.unitPrice.startsWith('-'))
    values.refuse({ label: 'unit_price must not be negative', detail: line.unitPrice });
  if (line.amounts === undefined || line.quantity < 0) return;
  for (const field of ['line_subtotal', 'line_total'] as const)
    if (line.amounts[field].startsWith('-'))
      values.refuse({ label: `${field} must not be negative`, detail: line.amounts[field] });
}

/** Longer than any id may be, so that an id that is cut here is still refused as too long. */
const MAX_DOCUMENT_ID = 1_000;

function shapeProblem(columns: Columns, cells: readonly string[]): Reason | undefined {
  if (cells.length !== columns.width)
    return {
      label: cells.length > columns.width ? 'more cells than the header' : 'fewer cells than the header',
      detail: `${cells.length} instead of ${columns.width}`,
    };
  const huge = cells.findIndex((cell) => cell.length > MAX_CELL_CHARACTERS);
  if (huge >= 0)
    return { label: 'huge field', detail: `cell ${huge + 1} has ${cells[huge]?.length} characters` };
  return undefined;
}
