import { multiplyDivideRound, parseDecimal } from '../../domain/decimal';
import { AMOUNT_LIMIT, lineAmount } from '../../domain/money';
import { type AmountReader, withoutSign } from './amount-reader';
import type { Discount, Line } from './line';

/** What a line comes to, in minor units. */
export interface LineSums {
  of: number;
  quantity: number;
  /** the price as it was given; undefined where it follows from the amount */
  unitPrice: string | undefined;
  gross: number;
  discount: number;
}

/**
 * Brings the price and the totals of a line together.
 * @param of index of its row
 * @throws Unpriced where they contradict each other
 */
export function sumsOfLine(line: Line, of: number, reader: AmountReader): LineSums {
  const quantity = Math.abs(line.quantity);
  const { amounts, unitPrice, discount } = line;
  const subtotal = reader.ofLine('line_subtotal', amounts?.line_subtotal, of);
  const total = reader.ofLine('line_total', amounts?.line_total, of);
  const priced = unitPrice === '' ? undefined : lineAmount(unitPrice, quantity, reader.currency);
  if (unitPrice !== '' && priced === undefined)
    reader.refuse(
      of,
      'unit_price times the quantity is too large an amount or has too many decimals',
      unitPrice,
    );
  if (priced !== undefined && subtotal !== undefined && priced !== subtotal)
    reader.differs(of, 'line_subtotal', subtotal, priced, 'unit_price x quantity');
  const gross = priced ?? subtotal ?? beforeDiscount(total ?? 0, discount, of, reader);
  const off = discountAt(line, gross, { subtotal, total }, of, reader);
  if (off < 0) reader.differs(of, 'line_total', total ?? 0, gross, 'the line before its discount');
  if (off > gross) reader.refuse(of, "discount must not be above the line's amount");
  if (total !== undefined && gross - off !== total)
    reader.differs(of, 'line_total', total, gross - off, 'unit_price x quantity less the discount');
  return { of, quantity, unitPrice: unitPrice || undefined, gross, discount: off };
}

/** A rate is applied to the rounded gross of the line, and rounded half away from zero. */
export function shareAt(rate: string, gross: number): number | undefined {
  const decimal = parseDecimal(rate, rate.length);
  if (decimal === undefined) return undefined;
  return multiplyDivideRound(gross, decimal.coefficient, 10n ** BigInt(decimal.scale), AMOUNT_LIMIT);
}

/** The gross of a line whose total after its discount is known. */
function beforeDiscount(
  total: number,
  discount: Discount | undefined,
  of: number,
  reader: AmountReader,
): number {
  if (discount === undefined) return total;
  if ('amount' in discount) return total + reader.ofOrder('discount', withoutSign(discount.amount), of);
  const rate = parseDecimal(discount.rate, discount.rate.length);
  if (rate === undefined) return total;
  const one = 10n ** BigInt(rate.scale);
  const rest = one - BigInt(rate.coefficient);
  // All of it is taken off: what it was before nobody knows.
  if (rest === 0n) return total === 0 ? 0 : reader.refuse(of, 'line_total above 0 at a discount_rate of 1');
  const gross = multiplyDivideRound(total, one, rest, AMOUNT_LIMIT);
  return gross ?? reader.refuse(of, 'line_total is too large an amount');
}

/** What is taken off a line. A total is more exact than a rate, and says it where nothing else does. */
function discountAt(
  { unitPrice, discount }: Line,
  gross: number,
  { subtotal, total }: { subtotal: number | undefined; total: number | undefined },
  of: number,
  reader: AmountReader,
): number {
  const asGiven = discountOf(discount, gross, of, reader);
  if (total === undefined) return asGiven;
  const byTotal = gross - total;
  if (discount !== undefined && 'rate' in discount) {
    const rounding = Math.abs(byTotal - asGiven) <= 1;
    return unitPrice === '' || rounding ? byTotal : asGiven;
  }
  const isControlled = unitPrice !== '' || (subtotal !== undefined && discount !== undefined);
  return isControlled ? asGiven : byTotal;
}

function discountOf(discount: Discount | undefined, gross: number, of: number, reader: AmountReader): number {
  if (discount === undefined) return 0;
  if ('rate' in discount) return shareAt(discount.rate, gross) ?? 0;
  return reader.ofOrder('discount', discount.amount, of);
}
