import { minorDigits } from '../../domain/currencies';
import { formatDecimal } from '../../domain/decimal';
import { lineAmount, UNIT_PRICE_DECIMALS } from '../../domain/money';

/** Units of one price. */
export interface PricedUnits {
  unitPrice: string;
  quantity: number;
}

/** How far from the even split another one is looked for. */
const MOST_STEPS = 50;

/**
 * The unit price of a line of which the amount is known: one with as few decimals as it takes, whose product
 * with the quantity rounds to the very amount. Where no price does (1,000 pieces for 3.33), the line becomes
 * two of the same product, some units a hundredth of a cent dearer: units and amount stay what they were.
 * @param amount whole minor units, not below zero
 * @param quantity above zero
 * @returns undefined where the amount cannot be written in either way, or the currency is unknown
 */
export function unitPricesOf(amount: number, quantity: number, currency: string): PricedUnits[] | undefined {
  const digits = minorDigits(currency);
  if (digits === undefined) return undefined;
  for (let scale = digits; scale <= UNIT_PRICE_DECIMALS; scale++) {
    const whole = BigInt(amount) * 10n ** BigInt(scale - digits);
    const rounded = (2n * whole + BigInt(quantity)) / (2n * BigInt(quantity));
    const unitPrice = formatDecimal({ coefficient: rounded, scale }, digits);
    if (lineAmount(unitPrice, quantity, currency) === amount) return [{ unitPrice, quantity }];
  }
  return twoPrices(amount, quantity, currency, digits);
}

function twoPrices(
  amount: number,
  quantity: number,
  currency: string,
  digits: number,
): PricedUnits[] | undefined {
  const scale = UNIT_PRICE_DECIMALS;
  const whole = BigInt(amount) * 10n ** BigInt(scale - digits);
  const lower = whole / BigInt(quantity);
  const dearer = Number(whole % BigInt(quantity));
  const price = (coefficient: bigint) => formatDecimal({ coefficient, scale }, digits);
  for (let step = 0; step <= MOST_STEPS; step++) {
    // Both halves may round up. Moving a few units between them gives a split that does not.
    for (const units of new Set([dearer - step, dearer + step])) {
      if (units <= 0 || units >= quantity) continue;
      const parts = [
        { unitPrice: price(lower), quantity: quantity - units },
        { unitPrice: price(lower + 1n), quantity: units },
      ];
      const amounts = parts.map((part) => lineAmount(part.unitPrice, part.quantity, currency));
      if (amounts.every((part) => part !== undefined) && sum(amounts) === amount) return parts;
    }
  }
  return undefined;
}

const sum = (values: readonly (number | undefined)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);
