import { minorDigits } from '../../domain/currencies';
import { formatAmount, lineAmount } from '../../domain/money';
import { AmountReader, Unpriced, withoutSign } from './amount-reader';
import type { Line } from './line';
import { type LineSums, shareAt, sumsOfLine } from './line-pricing';
import type { OrderSaid } from './order-said';
import type { Reason } from './row-values';
import { spread } from './spread';
import { unitPricesOf } from './unit-price';

/** A line as the command takes it. LineSums are decimals. */
export interface PricedLine {
  /** index of the row that it comes from */
  of: number;
  unitPrice: string;
  /** above zero */
  quantity: number;
  discount: string | undefined;
}

/** What an order or credit note comes to. LineSums are decimals, '' where none was given. */
export interface Priced {
  lines: PricedLine[];
  shipping: string;
  tax: string;
}

export interface PricingOptions {
  /** prices, discounts and shipping have the tax in them */
  pricesIncludeTax?: boolean;
}

/** Why a document cannot be priced, and the index of the row that shows it. */
export interface PricingProblem {
  of: number;
  reason: Reason;
}

/** A line of an order, or one that takes something off it. */
export interface LineOfOrder {
  line: Line;
  isDiscount: boolean;
}

/**
 * Brings the amounts that a file gives into those that commands take: unit prices, a discount a line,
 * shipping and tax of the whole. Every sum stays what it is in the file, to the minor unit. What is given
 * in the command's own terms is handed on as it stands.
 */
export function priceDocument(
  lines: readonly LineOfOrder[],
  said: OrderSaid,
  isCreditNote: boolean,
  options: PricingOptions = {},
): Priced | PricingProblem {
  const plain = !isCreditNote || lines.every(({ line }) => line.discount === undefined);
  // The command names an unknown currency.
  if (minorDigits(said.currency) === undefined || (plain && isPlain(lines, said, options)))
    return {
      lines: lines.map(({ line }, of) => plainLine(of, line, said.currency)),
      shipping: isCreditNote ? withoutSign(said.shipping) : said.shipping,
      tax: isCreditNote ? withoutSign(said.tax) : said.tax,
    };
  try {
    return new Pricing(lines, said, isCreditNote, options).price();
  } catch (error) {
    if (error instanceof Unpriced) return { of: error.of, reason: error.reason };
    throw error;
  }
}

export const isProblem = (priced: Priced | PricingProblem): priced is PricingProblem => 'reason' in priced;

function isPlain(
  lines: readonly LineOfOrder[],
  said: OrderSaid,
  { pricesIncludeTax }: PricingOptions,
): boolean {
  const others = [said.order_discount, said.order_total, said.shipping_discount, said.shipping_tax];
  return (
    !pricesIncludeTax &&
    others.every((text) => text === '') &&
    lines.every(({ line, isDiscount }) => !isDiscount && line.amounts === undefined)
  );
}

function plainLine(of: number, { unitPrice, quantity, discount }: Line, currency: string): PricedLine {
  const units = Math.abs(quantity);
  if (discount === undefined || 'amount' in discount)
    return { of, unitPrice, quantity: units, discount: discount?.amount };
  const gross = lineAmount(unitPrice, units, currency);
  const amount = gross === undefined ? undefined : shareAt(discount.rate, gross);
  // The command refuses what cannot be computed: an unknown currency, or too large an amount.
  return {
    of,
    unitPrice,
    quantity: units,
    discount: amount === undefined ? undefined : formatAmount(amount, currency),
  };
}

/** Prices one document in minor units of its currency. */
class Pricing {
  private readonly currency: string;
  private readonly reader: AmountReader;

  constructor(
    private readonly rows: readonly LineOfOrder[],
    private readonly said: OrderSaid,
    private readonly isCreditNote: boolean,
    private readonly options: PricingOptions,
  ) {
    this.currency = said.currency;
    this.reader = new AmountReader(said.currency, isCreditNote);
  }

  price(): Priced {
    const { said } = this;
    const lines = this.rows.flatMap(({ line, isDiscount }, of) =>
      isDiscount ? [] : [sumsOfLine(line, of, this.reader)],
    );
    if (lines.length === 0) this.reader.refuse(0, 'no line but discounts');
    let shipping =
      this.reader.ofOrder('shipping', said.shipping) -
      this.reader.ofOrder('shipping_discount', withoutSign(said.shipping_discount)) +
      this.sumOf('line_shipping') -
      this.sumOf('line_shipping_discount');
    if (shipping < 0)
      this.reader.refuse(0, 'shipping is less than its discount', formatAmount(shipping, this.currency));
    const shippingTax =
      this.reader.ofOrder('shipping_tax', said.shipping_tax) + this.sumOf('line_shipping_tax');
    const tax = this.reader.ofOrder('tax', said.tax) + this.sumOf('line_tax') + shippingTax;

    shipping = this.takeDiscount(lines, this.orderDiscount(), shipping);
    if (this.options.pricesIncludeTax) shipping = this.takeTaxOut(lines, shipping, shippingTax);
    this.checkTotal(lines, shipping, tax);
    return {
      lines: lines.flatMap((line) => this.written(line)),
      shipping: this.text(shipping, [said.shipping, said.shipping_discount], 'line_shipping'),
      tax: this.text(tax, [said.tax, said.shipping_tax], 'line_tax'),
    };
  }

  /** What is taken off the order as a whole, by a field of its own or by lines below zero. */
  private orderDiscount(): number {
    let discount = this.reader.ofOrder('order_discount', withoutSign(this.said.order_discount));
    for (const [of, { line, isDiscount }] of this.rows.entries()) {
      if (!isDiscount) continue;
      const text = line.unitPrice || line.amounts?.line_total || line.amounts?.line_subtotal || '';
      const quantity = line.unitPrice === '' ? 1 : Math.abs(line.quantity);
      const amount = lineAmount(withoutSign(text), quantity, this.currency);
      discount +=
        amount ?? this.reader.refuse(of, 'unit_price times the quantity is too large an amount', text);
    }
    return discount;
  }

  /**
   * Spreads a discount over the lines. What is above them comes off the shipping.
   * @returns what is left of that
   */
  private takeDiscount(lines: readonly LineSums[], discount: number, shipping: number): number {
    if (discount === 0) return shipping;
    const weights = lines.map(({ gross, discount: own }) => gross - own);
    const goods = weights.reduce((sum, weight) => sum + weight, 0);
    if (discount > goods + shipping)
      this.reader.refuse(
        0,
        'order_discount is above the lines and the shipping',
        `${this.reader.inWords(discount)} of ${this.reader.inWords(goods + shipping)}`,
      );
    const offGoods = Math.min(discount, goods);
    for (const [i, share] of spread(offGoods, weights).entries()) (lines[i] as LineSums).discount += share;
    return shipping - (discount - offGoods);
  }

  /** Takes the tax out of prices that include it. @returns the shipping without its tax */
  private takeTaxOut(lines: readonly LineSums[], shipping: number, shippingTax: number): number {
    for (const line of lines) {
      const amounts = this.rows[line.of]?.line.amounts;
      this.takeTaxOff(line, this.reader.ofLine('line_tax', amounts?.line_tax, line.of) ?? 0);
    }
    if (shippingTax > shipping)
      this.reader.refuse(0, 'shipping_tax is above the shipping', this.reader.inWords(shippingTax));
    const left = shipping - shippingTax;
    const common = this.reader.ofOrder('tax', this.said.tax);
    // A tax that is said apart for the shipping is not in `tax`.
    const weights = [...lines.map(({ gross, discount }) => gross - discount), shippingTax > 0 ? 0 : left];
    if (common > weights.reduce((sum, weight) => sum + weight, 0))
      this.reader.refuse(0, 'tax is above the prices that include it', this.reader.inWords(common));
    const shares = spread(common, weights);
    for (const [i, line] of lines.entries()) this.takeTaxOff(line, shares[i] ?? 0);
    return left - (shares[lines.length] ?? 0);
  }

  private takeTaxOff(line: LineSums, tax: number): void {
    if (tax === 0) return;
    if (tax > line.gross - line.discount)
      this.reader.refuse(line.of, 'line_tax is above the price that includes it', this.reader.inWords(tax));
    line.gross -= tax;
    line.unitPrice = undefined;
  }

  private checkTotal(lines: readonly LineSums[], shipping: number, tax: number): void {
    if (this.said.order_total === '') return;
    const expected = this.reader.ofOrder('order_total', withoutSign(this.said.order_total));
    const goods = lines.reduce((sum, { gross, discount }) => sum + gross - discount, 0);
    const total = goods + shipping + tax;
    if (total === expected) return;
    const hint =
      tax > 0 && total - tax === expected ? '; do the prices include the tax (--prices-include-tax)?' : '';
    const words = (amount: number) => this.reader.inWords(amount);
    this.reader.refuse(
      0,
      'order_total differs from what its rows come to',
      `${words(expected)}, but lines ${words(goods)} + shipping ${words(shipping)} + ` +
        `tax ${words(tax)} = ${words(total)}${hint}`,
    );
  }

  private written(line: LineSums): PricedLine[] {
    const { of, quantity, gross, discount } = line;
    // A credit note gives back what was paid for the units.
    const amount = this.isCreditNote ? gross - discount : gross;
    if (line.unitPrice !== undefined && amount === gross)
      return [
        {
          of,
          unitPrice: line.unitPrice,
          quantity,
          discount: this.isCreditNote ? undefined : this.off(discount),
        },
      ];
    const parts =
      unitPricesOf(amount, quantity, this.currency) ??
      this.reader.refuse(
        of,
        'no unit price of 4 decimals gives this amount',
        `${this.reader.inWords(amount)} for ${quantity}`,
      );
    if (this.isCreditNote) return parts.map((part) => ({ of, ...part, discount: undefined }));
    const weights = parts.map(
      ({ unitPrice, quantity: units }) => lineAmount(unitPrice, units, this.currency) ?? 0,
    );
    const shares = spread(discount, weights);
    return parts.map((part, i) => ({ of, ...part, discount: this.off(shares[i] ?? 0) }));
  }

  private off(discount: number): string | undefined {
    return discount === 0 ? undefined : formatAmount(discount, this.currency);
  }

  private sumOf(
    field: 'line_shipping' | 'line_shipping_discount' | 'line_tax' | 'line_shipping_tax',
  ): number {
    return this.rows.reduce(
      (sum, { line, isDiscount }, of) =>
        sum +
        (this.reader.ofLine(
          field,
          line.amounts?.[field],
          of,
          isDiscount || field === 'line_shipping_discount',
        ) ?? 0),
      0,
    );
  }

  /** '' where the file says nothing of it. */
  private text(amount: number, said: readonly string[], field: 'line_shipping' | 'line_tax'): string {
    const isSaid = said.some((text) => text !== '') || this.rows.some(({ line }) => line.amounts?.[field]);
    return isSaid || amount !== 0 ? formatAmount(amount, this.currency) : '';
  }
}
