import type { Anomaly } from '../types/anomaly.type';
import type { AnomalyBasis } from '../types/enums';
import { amount } from './amounts';
import { deviationOf, meanOf, type Population } from './population';

/** Digits of a score that is shown; decisions are made on exact integers, never on it. */
export const SCORE_DIGITS = 9;

export interface AnomalyConditions {
  /** null: the store has no reporting currency yet, and so no orders */
  currency: string | null;
  basis: AnomalyBasis;
  /** decimal string */
  threshold: string;
}

/** Steps to a doubling in domain/log-bucket.ts. */
const BUCKETS_PER_DOUBLING = 1024;

/** An order, what it was held against, and how far off it is. Amounts in minor units. */
export interface Judged {
  orderId: string;
  currency: string;
  amount: bigint;
  position: string;
  placedAt: number;
  basis: AnomalyBasis;
  population: Population;
  score: number;
  /** ROBUST only: the median of the logarithms, and how many orders it is of */
  medianBucket?: number;
  judged?: number;
}

export function anomalyView(order: Judged): Anomaly {
  const { orderId, basis, currency, position, placedAt, population, score } = order;
  return {
    orderId,
    basis,
    currency,
    amount: amount(order.amount, currency),
    zScore: score,
    mean: meanOf(population, currency) ?? '0',
    standardDeviation: deviationOf(population, currency) ?? '0',
    population: Number(population.n),
    reason: basis === 'ROBUST' ? robustReason(order) : reason(order),
    position,
    placedAt,
  };
}

function reason({ amount: x, population, score, currency }: Judged): string {
  const distance = Math.abs(score).toFixed(2);
  const side = score < 0 ? 'below' : 'above';
  const { n, sum } = population;
  const centre = grouped(amount((2n * sum + n) / (2n * n), currency));
  const orders = grouped(String(n));
  return (
    `${grouped(amount(x, currency))} is ${distance} standard deviations ${side} ` +
    `the mean of ${centre} over ${orders} orders`
  );
}

function robustReason({ amount: x, score, currency, medianBucket = 0, judged = 0 }: Judged): string {
  const median = amount(BigInt(Math.round(2 ** (medianBucket / BUCKETS_PER_DOUBLING))), currency);
  return (
    `${grouped(amount(x, currency))} has a robust score of ${score.toFixed(2)} ` +
    `against a median of about ${grouped(median)} over ${grouped(String(judged))} orders`
  );
}

/** A decimal string with a comma behind every three digits from the point. */
const grouped = (decimal: string): string => decimal.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
