import { mean, standardDeviation, thresholdMillionths } from '../../domain/statistics';
import type { Row } from '../../postgres/table';
import type { anomalyPopulationTable } from '../../projections/read-models/anomalies/tables';
import type { AnomalyBaseline } from '../types/anomaly.type';
import { digitsOf } from './amounts';
import { AS_OF, type AsOfRow, asOf, type Reader, readRows } from './snapshot';

/** Mean and deviation are shown with this many more decimals than the currency has. */
const MORE_DIGITS = 4;
/** Further decimals that a bound is computed with before it is rounded. */
const GUARD_DIGITS = 12;

/** Order totals of a currency: how many, their sum and the sum of their squares, in minor units. */
export interface Population {
  n: bigint;
  sum: bigint;
  sumSquares: bigint;
}

/** All null where there is no order in the currency. */
type PopulationRow = AsOfRow & {
  [Name in keyof Row<typeof anomalyPopulationTable.columns>]: string | null;
};

/** Today's population of a currency (empty where there is no order in it), and what it is as of. */
export async function readPopulation(
  reader: Reader,
  currency: string | null,
): Promise<Population & { row: AsOfRow | undefined }> {
  const { populations, row } = await readPopulations(reader, [currency]);
  return { ...(populations.get(currency) ?? { n: 0n, sum: 0n, sumSquares: 0n }), row };
}

/** The same of several currencies, in one statement. */
export async function readPopulations(
  reader: Reader,
  currencies: readonly (string | null)[],
): Promise<{ populations: Map<string | null, Population>; row: AsOfRow | undefined }> {
  const rows = await readRows<PopulationRow>(
    reader,
    `SELECT ${AS_OF}, w.currency, a.population, a.sum, a.sum_squares
       FROM read.projections p
      CROSS JOIN unnest($1::text[]) AS w(currency)
       LEFT JOIN read.anomaly_population a ON a.currency = w.currency
      WHERE p.projection = 'anomalies'`,
    [currencies],
  );
  const populations = new Map<string | null, Population>();
  for (const { currency, population, sum, sum_squares } of rows)
    populations.set(currency, {
      n: BigInt(population ?? 0),
      sum: BigInt(sum ?? 0),
      sumSquares: BigInt(sum_squares ?? 0),
    });
  return { populations, row: rows[0] };
}

export const meanOf = ({ n, sum }: Population, currency: string | null): string | null =>
  mean(n, sum, digitsOf(currency) + MORE_DIGITS, digitsOf(currency));

export const deviationOf = ({ n, sum, sumSquares }: Population, currency: string | null): string | null =>
  standardDeviation(n, sum, sumSquares, digitsOf(currency) + MORE_DIGITS, digitsOf(currency));

/** Mean, deviation, and the bounds beyond which a total is an anomaly on basis NOW. */
export async function readBaseline(
  reader: Reader,
  currency: string | null,
  threshold: string,
): Promise<AnomalyBaseline> {
  const { row, ...population } = await readPopulation(reader, currency);
  return {
    currency,
    population: Number(population.n),
    mean: meanOf(population, currency),
    standardDeviation: deviationOf(population, currency),
    low: boundOf(population, currency, threshold, -1n),
    high: boundOf(population, currency, threshold, 1n),
    asOf: asOf(row),
  };
}

/** mean + side x threshold x deviation, from more decimals than are shown. */
function boundOf(
  { n, sum, sumSquares }: Population,
  currency: string | null,
  threshold: string,
  side: 1n | -1n,
): string | null {
  const minor = digitsOf(currency);
  const digits = minor + MORE_DIGITS + GUARD_DIGITS;
  const centre = mean(n, sum, digits, minor);
  const deviation = standardDeviation(n, sum, sumSquares, digits, minor);
  if (centre === null || deviation === null) return null;
  const scaled = unscaled(centre) * 1_000_000n + side * thresholdMillionths(threshold) * unscaled(deviation);
  // The mean of one whole number is that number: `mean` also serves as an exact, rounding division.
  return mean(10n ** BigInt(digits + 6), scaled, minor + MORE_DIGITS);
}

const unscaled = (decimal: string): bigint => BigInt(decimal.replace('.', ''));
