import { formatDecimal, MUST_BE_A_DECIMAL, parseDecimal } from '../../domain/decimal';
import { idProblem, MUST_NOT_BE_EMPTY, normalText } from '../../domain/text';
import type { Columns } from '../columns/columns';
import type { Field } from '../columns/fields';

/** Why a row cannot be used. Reports count by `label`; `detail` is about this row alone. */
export interface Reason {
  label: string;
  detail?: string;
}

/** The fields of an order that each of its rows repeats. The first row counts. */
export interface DocumentHeader {
  /** '' for a guest */
  customer_id: string;
  country: string;
  region: string;
  currency: string;
  /** plain decimals, '' where none was given */
  shipping: string;
  tax: string;
  exchange_rate: string;
}

/** What one row of an order file says. Decimals have no exponent and no trailing zeros. */
export interface Line {
  header: DocumentHeader;
  productId: string;
  productName: string;
  category: string;
  unitPrice: string;
  /** a whole number other than zero; below zero in a credit note */
  quantity: number;
  /** an amount, or a share of the gross from 0 to 1 */
  discount: { amount: string } | { rate: string } | undefined;
}

/** A row as far as it could be read. It is usable only without a `reason`. */
export interface ReadRow {
  documentId: string;
  /** Unix milliseconds */
  orderedAt: number | undefined;
  quantity: number | undefined;
  line: Line | undefined;
  reason: Reason | undefined;
}

const MAX_CELL_CHARACTERS = 64 * 1024;
const ANY_SCALE = 30;

/**
 * @returns a reader of the rows of one file. It says of an unusable row why, and what could still be read.
 */
export function rowReader(
  columns: Columns,
  parseTime: (text: string) => number | undefined,
): (cells: readonly string[]) => ReadRow {
  let lastHeader: DocumentHeader | undefined;
  return (cells) => {
    const malformed = shapeProblem(columns, cells);
    const documentId = columns.read(cells, 'order_id').slice(0, MAX_DOCUMENT_ID);
    if (malformed)
      return { documentId, orderedAt: undefined, quantity: undefined, line: undefined, reason: malformed };
    const row = new RowValues(columns, cells);
    row.documentId();
    const timeText = row.required('ordered_at');
    const orderedAt = parseTime(timeText);
    if (orderedAt === undefined && timeText !== '')
      row.unreadable('ordered_at', timeText, 'must be an ISO 8601 date or time');
    const quantity = row.quantity();
    lastHeader = shared(lastHeader, {
      customer_id: row.optional('customer_id'),
      country: row.name('country'),
      region: row.optionalName('region'),
      currency: row.required('currency'),
      shipping: row.decimal('shipping'),
      tax: row.decimal('tax'),
      exchange_rate: row.decimal('exchange_rate'),
    });
    const line: Line = {
      header: lastHeader,
      productId: row.required('product_id'),
      productName: row.optionalName('product_name') || row.optional('product_id'),
      category: row.name('category'),
      unitPrice: row.price(),
      quantity: quantity ?? 0,
      discount: row.discount(),
    };
    return { documentId, orderedAt, quantity, line, reason: row.reason };
  };
}

const HEADER_FIELDS: readonly (keyof DocumentHeader)[] = [
  'customer_id',
  'country',
  'region',
  'currency',
  'shipping',
  'tax',
  'exchange_rate',
];

/** The fields in which two headers differ. */
export function differences(a: DocumentHeader, b: DocumentHeader): (keyof DocumentHeader)[] {
  if (a === b) return [];
  return HEADER_FIELDS.filter((field) => a[field] !== b[field]);
}

/** Rows of an order mostly have equal headers. Sharing one object saves memory, and comparing them again. */
function shared(last: DocumentHeader | undefined, header: DocumentHeader): DocumentHeader {
  return last !== undefined && differences(last, header).length === 0 ? last : header;
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

/** Reads the cells of one row by field, and keeps the first problem. */
class RowValues {
  reason: Reason | undefined;

  constructor(
    private readonly columns: Columns,
    private readonly cells: readonly string[],
  ) {}

  optional(field: Field): string {
    return this.columns.read(this.cells, field);
  }

  required(field: Field, text = this.optional(field)): string {
    if (text === '') this.refuse({ label: `${field} ${MUST_NOT_BE_EMPTY}` });
    return text;
  }

  /** A name in its normal form, so that rows that differ only in notation are equal. */
  optionalName(field: Field): string {
    return normalText(this.optional(field));
  }

  name(field: Field): string {
    return this.required(field, this.optionalName(field));
  }

  documentId(): void {
    const problem = idProblem(this.optional('order_id'));
    if (problem !== undefined) this.refuse({ label: `order_id ${problem}` });
  }

  /** A decimal in its shortest notation, '' where there is none. */
  decimal(field: Field): string {
    const text = this.optional(field);
    if (text === '') return '';
    const decimal = parseDecimal(text, ANY_SCALE);
    if (decimal === undefined) return this.unreadable(field, text, MUST_BE_A_DECIMAL);
    return formatDecimal(decimal);
  }

  price(): string {
    if (this.required('unit_price') === '') return '';
    const price = this.decimal('unit_price');
    if (price.startsWith('-')) this.refuse({ label: 'unit_price must not be negative', detail: price });
    return price;
  }

  quantity(): number | undefined {
    const text = this.required('quantity');
    if (text === '') return undefined;
    const decimal = parseDecimal(text, 0);
    if (decimal === undefined || typeof decimal.coefficient === 'bigint') {
      this.unreadable('quantity', text, 'must be a whole number');
      return undefined;
    }
    if (decimal.coefficient === 0) this.refuse({ label: 'quantity must not be zero' });
    return decimal.coefficient;
  }

  discount(): Line['discount'] {
    const amount = this.nonZero('discount');
    const rate = this.nonZero('discount_rate');
    if (rate === '') return amount === '' ? undefined : { amount };
    if (amount !== '') {
      this.refuse({ label: 'both discount and discount_rate' });
      return undefined;
    }
    if (rate.startsWith('-') || Number(rate) > 1)
      this.refuse({ label: 'discount_rate not from 0 to 1', detail: rate });
    return { rate };
  }

  private nonZero(field: Field): string {
    const decimal = this.decimal(field);
    return decimal === '0' ? '' : decimal;
  }

  unreadable(field: Field, text: string, problem: string): '' {
    this.refuse({ label: `${field} ${problem}`, detail: JSON.stringify(text.slice(0, 80)) });
    return '';
  }

  private refuse(reason: Reason): void {
    this.reason ??= reason;
  }
}
