import { minorDigits } from '../../domain/currencies';
import { multiplyDivideRound, parseDecimal } from '../../domain/decimal';
import {
  AMOUNT_LIMIT,
  amountLimit,
  amountProblem,
  formatAmount,
  lineAmount,
  parseAmount,
} from '../../domain/money';
import type { Line } from './line';
import type { OrderSaid } from './order-said';
import type { Reason } from './row-values';
import { spread } from './spread';
import { unitPricesOf } from './unit-price';

/** A line as the command takes it. Amounts are decimals. */
export interface PricedLine {
  /** index of the row that it comes from */
  of: number;
  unitPrice: string;
  /** above zero */
  quantity: number;
  discount: string | undefined;
}

/** What an order or credit note comes to. Amounts are decimals, '' where none was given. */
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

/** A rate is applied to the rounded gross of the line, and rounded half away from zero. */
function shareAt(rate: string, gross: number): number | undefined {
  const decimal = parseDecimal(rate, rate.length);
  if (decimal === undefined) return undefined;
  return multiplyDivideRound(gross, decimal.coefficient, 10n ** BigInt(decimal.scale), AMOUNT_LIMIT);
}

/** Files write the amounts of a credit note with either sign. */
export const withoutSign = (decimal: string): string => decimal.replace(/^-/, '');

class Unpriced extends Error {
  constructor(
    readonly of: number,
    readonly reason: Reason,
  ) {
    super(reason.label);
  }
}

/** A line's amounts in minor units. */
interface Amounts {
  of: number;
  quantity: number;
  /** the price as it was given; undefined where it follows from the amount */
  unitPrice: string | undefined;
  gross: number;
  discount: number;
}

/** Prices one document in minor units of its currency. */
class Pricing {
  private readonly currency: string;

  constructor(
    private readonly rows: readonly LineOfOrder[],
    private readonly said: OrderSaid,
    private readonly isCreditNote: boolean,
    private readonly options: PricingOptions,
  ) {
    this.currency = said.currency;
  }

  price(): Priced {
    const { said } = this;
    const lines = this.rows.flatMap(({ line, isDiscount }, of) =>
      isDiscount ? [] : [this.lineOf(line, of)],
    );
    if (lines.length === 0) this.refuse(0, 'no line but discounts');
    let shipping =
      this.amount('shipping', said.shipping) -
      this.amount('shipping_discount', withoutSign(said.shipping_discount)) +
      this.sumOf('line_shipping') -
      this.sumOf('line_shipping_discount');
    if (shipping < 0)
      this.refuse(0, 'shipping is less than its discount', formatAmount(shipping, this.currency));
    const shippingTax = this.amount('shipping_tax', said.shipping_tax) + this.sumOf('line_shipping_tax');
    const tax = this.amount('tax', said.tax) + this.sumOf('line_tax') + shippingTax;

    shipping = this.takeDiscount(lines, this.orderDiscount(), shipping);
    if (this.options.pricesIncludeTax) shipping = this.takeTaxOut(lines, shipping, shippingTax);
    this.checkTotal(lines, shipping, tax);
    return {
      lines: lines.flatMap((line) => this.written(line)),
      shipping: this.text(shipping, [said.shipping, said.shipping_discount], 'line_shipping'),
      tax: this.text(tax, [said.tax, said.shipping_tax], 'line_tax'),
    };
  }

  private lineOf(line: Line, of: number): Amounts {
    const quantity = Math.abs(line.quantity);
    const { amounts, unitPrice, discount } = line;
    const subtotal = this.given('line_subtotal', amounts?.line_subtotal, of);
    const total = this.given('line_total', amounts?.line_total, of);
    const priced = unitPrice === '' ? undefined : lineAmount(unitPrice, quantity, this.currency);
    if (unitPrice !== '' && priced === undefined)
      this.refuse(
        of,
        'unit_price times the quantity is too large an amount or has too many decimals',
        unitPrice,
      );
    if (priced !== undefined && subtotal !== undefined && priced !== subtotal)
      this.differs(of, 'line_subtotal', subtotal, priced, 'unit_price x quantity');
    const gross = priced ?? subtotal ?? this.beforeDiscount(total ?? 0, discount, of);
    const off = this.discountAt(line, gross, of, { subtotal, total });
    if (off < 0) this.differs(of, 'line_total', total ?? 0, gross, 'the line before its discount');
    if (off > gross) this.refuse(of, "discount must not be above the line's amount");
    if (total !== undefined && gross - off !== total)
      this.differs(of, 'line_total', total, gross - off, 'unit_price x quantity less the discount');
    return { of, quantity, unitPrice: unitPrice || undefined, gross, discount: off };
  }

  /** The gross of a line whose total after its discount is known. */
  private beforeDiscount(total: number, discount: Line['discount'], of: number): number {
    if (discount === undefined) return total;
    if ('amount' in discount) return total + this.amount('discount', withoutSign(discount.amount), of);
    const rate = parseDecimal(discount.rate, discount.rate.length);
    if (rate === undefined) return total;
    const one = 10n ** BigInt(rate.scale);
    const rest = one - BigInt(rate.coefficient);
    // All of it is taken off: what it was before nobody knows.
    if (rest === 0n) return total === 0 ? 0 : this.refuse(of, 'line_total above 0 at a discount_rate of 1');
    const gross = multiplyDivideRound(total, one, rest, AMOUNT_LIMIT);
    return gross ?? this.refuse(of, 'line_total is too large an amount');
  }

  /** What is taken off a line. A total is more exact than a rate, and says it where nothing else does. */
  private discountAt(
    { unitPrice, discount }: Line,
    gross: number,
    of: number,
    { subtotal, total }: { subtotal: number | undefined; total: number | undefined },
  ): number {
    const asGiven = this.discountOf(discount, gross, of);
    if (total === undefined) return asGiven;
    const byTotal = gross - total;
    if (discount !== undefined && 'rate' in discount) {
      const rounding = Math.abs(byTotal - asGiven) <= 1;
      return unitPrice === '' || rounding ? byTotal : asGiven;
    }
    const isControlled = unitPrice !== '' || (subtotal !== undefined && discount !== undefined);
    return isControlled ? asGiven : byTotal;
  }

  private discountOf(discount: Line['discount'], gross: number, of: number): number {
    if (discount === undefined) return 0;
    if ('rate' in discount) return shareAt(discount.rate, gross) ?? 0;
    return this.amount('discount', this.isCreditNote ? withoutSign(discount.amount) : discount.amount, of);
  }

  /** What is taken off the order as a whole, by a field of its own or by lines below zero. */
  private orderDiscount(): number {
    let discount = this.amount('order_discount', withoutSign(this.said.order_discount));
    for (const [of, { line, isDiscount }] of this.rows.entries()) {
      if (!isDiscount) continue;
      const text = line.unitPrice || line.amounts?.line_total || line.amounts?.line_subtotal || '';
      const quantity = line.unitPrice === '' ? 1 : Math.abs(line.quantity);
      const amount = lineAmount(withoutSign(text), quantity, this.currency);
      discount += amount ?? this.refuse(of, 'unit_price times the quantity is too large an amount', text);
    }
    return discount;
  }

  /**
   * Spreads a discount over the lines. What is above them comes off the shipping.
   * @returns what is left of that
   */
  private takeDiscount(lines: readonly Amounts[], discount: number, shipping: number): number {
    if (discount === 0) return shipping;
    const weights = lines.map(({ gross, discount: own }) => gross - own);
    const goods = weights.reduce((sum, weight) => sum + weight, 0);
    if (discount > goods + shipping)
      this.refuse(
        0,
        'order_discount is above the lines and the shipping',
        `${this.money(discount)} of ${this.money(goods + shipping)}`,
      );
    const offGoods = Math.min(discount, goods);
    for (const [i, share] of spread(offGoods, weights).entries()) (lines[i] as Amounts).discount += share;
    return shipping - (discount - offGoods);
  }

  /** Takes the tax out of prices that include it. @returns the shipping without its tax */
  private takeTaxOut(lines: readonly Amounts[], shipping: number, shippingTax: number): number {
    for (const line of lines) {
      const amounts = this.rows[line.of]?.line.amounts;
      this.takeTaxOff(line, this.given('line_tax', amounts?.line_tax, line.of) ?? 0);
    }
    if (shippingTax > shipping) this.refuse(0, 'shipping_tax is above the shipping', this.money(shippingTax));
    const left = shipping - shippingTax;
    const common = this.amount('tax', this.said.tax);
    // A tax that is said apart for the shipping is not in `tax`.
    const weights = [...lines.map(({ gross, discount }) => gross - discount), shippingTax > 0 ? 0 : left];
    if (common > weights.reduce((sum, weight) => sum + weight, 0))
      this.refuse(0, 'tax is above the prices that include it', this.money(common));
    const shares = spread(common, weights);
    for (const [i, line] of lines.entries()) this.takeTaxOff(line, shares[i] ?? 0);
    return left - (shares[lines.length] ?? 0);
  }

  private takeTaxOff(line: Amounts, tax: number): void {
    if (tax === 0) return;
    if (tax > line.gross - line.discount)
      this.refuse(line.of, 'line_tax is above the price that includes it', this.money(tax));
    line.gross -= tax;
    line.unitPrice = undefined;
  }

  private checkTotal(lines: readonly Amounts[], shipping: number, tax: number): void {
    if (this.said.order_total === '') return;
    const expected = this.amount('order_total', withoutSign(this.said.order_total));
    const goods = lines.reduce((sum, { gross, discount }) => sum + gross - discount, 0);
    const total = goods + shipping + tax;
    if (total === expected) return;
    const hint =
      tax > 0 && total - tax === expected ? '; do the prices include the tax (--prices-include-tax)?' : '';
    this.refuse(
      0,
      'order_total differs from what its rows come to',
      `${this.money(expected)}, but lines ${this.money(goods)} + shipping ${this.money(shipping)} + ` +
        `tax ${this.money(tax)} = ${this.money(total)}${hint}`,
    );
  }

  private written(line: Amounts): PricedLine[] {
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
      this.refuse(
        of,
        'no unit price of 4 decimals gives this amount',
        `${this.money(amount)} for ${quantity}`,
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
      (sum, { line }, of) => sum + (this.given(field, line.amounts?.[field], of) ?? 0),
      0,
    );
  }

  /** An amount of a line, rounded to the minor unit; files also write it with more decimals. */
  private given(field: string, text: string | undefined, of: number): number | undefined {
    if (text === undefined || text === '') return undefined;
    const negative = text.startsWith('-');
    const mayBeNegative =
      this.isCreditNote || field === 'line_shipping_discount' || this.rows[of]?.isDiscount;
    if (negative && !mayBeNegative) this.refuse(of, `${field} must not be negative`, text);
    const decimal = parseDecimal(withoutSign(text), text.length);
    const digits = minorDigits(this.currency) ?? 0;
    const rounded =
      decimal === undefined
        ? undefined
        : multiplyDivideRound(
            BigInt(decimal.coefficient) * 10n ** BigInt(digits),
            1,
            10n ** BigInt(decimal.scale),
            amountLimit(this.currency),
          );
    return rounded ?? this.refuse(of, `${field} is too large an amount`, text);
  }

  /** An amount of the order. */
  private amount(field: string, text: string, of = 0): number {
    if (text === '') return 0;
    const positive = this.isCreditNote ? withoutSign(text) : text;
    if (positive.startsWith('-')) this.refuse(of, `${field} must not be negative`, text);
    const amount = parseAmount(positive, this.currency);
    return amount ?? this.refuse(of, `${field} ${amountProblem(positive, this.currency)}`, text);
  }

  /** '' where the file says nothing of it. */
  private text(amount: number, said: readonly string[], field: 'line_shipping' | 'line_tax'): string {
    const isSaid = said.some((text) => text !== '') || this.rows.some(({ line }) => line.amounts?.[field]);
    return isSaid || amount !== 0 ? formatAmount(amount, this.currency) : '';
  }

  private money(amount: number): string {
    return `${formatAmount(amount, this.currency)} ${this.currency}`;
  }

  private differs(of: number, field: string, given: number, computed: number, what: string): never {
    return this.refuse(
      of,
      `${field} differs from ${what}`,
      `${this.money(given)}, not ${this.money(computed)}`,
    );
  }

  private refuse(of: number, label: string, detail?: string): never {
    throw new Unpriced(of, { label, detail });
  }
}
