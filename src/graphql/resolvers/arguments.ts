import { minorDigits } from '../../domain/currencies';
import type { OperationContext } from '../context';
import { badUserInput } from '../errors';
import type { AnomalyBasis } from '../types/enums';

/** @throws GraphQLError BAD_USER_INPUT when there is no such currency */
export function checkCurrency(currency: string | null | undefined): string | null {
  if (currency == null || minorDigits(currency) !== undefined) return currency ?? null;
  throw badUserInput('currency: must be an ISO 4217 code such as EUR');
}

/**
 * The currency asked for, or the store's reporting currency; null while the store has none.
 * @throws GraphQLError BAD_USER_INPUT when there is no such currency
 */
export async function currencyOf(
  { services }: OperationContext,
  currency: string | null | undefined,
): Promise<string | null> {
  const asked = checkCurrency(currency);
  return asked ?? (await services.commands.settings.stored())?.reportingCurrency ?? null;
}

const USUAL_THRESHOLD: Record<AnomalyBasis, string> = { NOW: '2', AT_ARRIVAL: '2', ROBUST: '3.5' };

/**
 * The threshold of a basis. Orders within one deviation are not kept AT_ARRIVAL.
 * @throws GraphQLError BAD_USER_INPUT
 */
export function thresholdOf(basis: AnomalyBasis, threshold: string | null | undefined): string {
  const value = threshold ?? USUAL_THRESHOLD[basis];
  if (basis === 'AT_ARRIVAL' && Number(value) < 1)
    throw badUserInput('threshold: must be 1 or more on basis AT_ARRIVAL');
  return value;
}

/** @throws GraphQLError BAD_USER_INPUT when the period ends before it begins */
export function checkPeriod(from: string | null | undefined, to: string | null | undefined): void {
  if (from != null && to != null && from > to) throw badUserInput('to: must not lie before from');
}
