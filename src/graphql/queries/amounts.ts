import { minorDigits } from '../../domain/currencies';
import { formatAmount } from '../../domain/money';

/** Decimals of an amount in a currency; 0 where the store has no currency yet, and so no amounts. */
export const digitsOf = (currency: string | null): number => (currency && minorDigits(currency)) || 0;

/**
 * Minor units, as the database writes them, as a decimal string; without a currency there is nothing but
 * zero.
 */
export function amount(minor: string | bigint, currency: string | null): string {
  return currency === null ? '0.00' : formatAmount(BigInt(minor), currency);
}
