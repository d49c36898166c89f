import { minorDigits } from '../../domain/currencies';
import { SEGMENTS, type Segment, segmentNamed } from '../../domain/rfm';
import { idProblem } from '../../domain/text';
import type { OperationContext } from '../context';
import { badUserInput } from '../errors';
import type { AnomalyBasis } from '../types/enums';

/** @throws GraphQLError BAD_USER_INPUT for a text that cannot be an id */
export function checkId(argument: string, id: string | null | undefined): void {
  const problem = id == null ? undefined : idProblem(id);
  if (problem !== undefined) throw badUserInput(`${argument}: ${problem}`);
}

/** @throws GraphQLError BAD_USER_INPUT when there is no such currency */
export function checkCurrency(currency: string | null | undefined): void {
  if (currency == null || minorDigits(currency) !== undefined) return;
  throw badUserInput('currency: must be an ISO 4217 code such as EUR');
}

/** The store's reporting currency, which its first sale sets for ever; null before that. */
export async function reportingCurrency({ services }: OperationContext): Promise<string | null> {
  return (await services.commands.settings.stored())?.reportingCurrency ?? null;
}

const USUAL_THRESHOLD: Record<AnomalyBasis, string> = { NOW: '2', AT_ARRIVAL: '2', ROBUST: '3.5' };

const THRESHOLD = /^\d{1,6}(\.\d{1,6})?$/;

/**
 * The threshold of a basis as a decimal string. Orders within one deviation are not kept AT_ARRIVAL.
 * @throws GraphQLError BAD_USER_INPUT
 */
export function thresholdOf(basis: AnomalyBasis, threshold: number | null | undefined): string {
  // String() gives the shortest decimal of the number, which is the one that the client wrote.
  const value = threshold == null ? USUAL_THRESHOLD[basis] : String(threshold);
  if (!THRESHOLD.test(value) || Number(value) === 0)
    throw badUserInput('threshold: must be a number above zero with at most 6 decimals');
  if (basis === 'AT_ARRIVAL' && Number(value) < 1)
    throw badUserInput('threshold: must be 1 or more on basis AT_ARRIVAL');
  return value;
}

/**
 * A segment by its name, whatever its capitals and the characters between its words.
 * @throws GraphQLError BAD_USER_INPUT when there is no such segment
 */
export function checkSegment(text: string | null | undefined): Segment | null {
  if (text == null) return null;
  const segment = segmentNamed(text);
  if (segment === undefined) throw badUserInput(`segment: must be one of ${SEGMENTS.join(', ')}`);
  return segment;
}

/** @throws GraphQLError BAD_USER_INPUT when the period ends before it begins */
export function checkPeriod(from: string | null | undefined, to: string | null | undefined): void {
  if (from != null && to != null && from > to) throw badUserInput('to: must not lie before from');
}
