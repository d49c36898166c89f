import { minorDigits } from '../domain/currencies';
import { formatAmount } from '../domain/money';
import { mean, standardDeviation } from '../domain/statistics';
import type { Row } from '../postgres/table';
import { anomalyArrivalsTable } from '../projections/read-models/anomalies/tables';
import { rowChanges } from './change';

/** Mean and deviation have this many more decimals than the currency. */
const MORE_DIGITS = 4;

type ArrivalRow = Row<typeof anomalyArrivalsTable.columns>;

/**
 * Orders that lay more than one deviation from all valid ones before them; `zScore` is there to ask for more
 * than one.
 */
export const anomalyArrivals = rowChanges({
  type: 'tidemark.anomaly.found',
  projection: 'anomalies',
  table: anomalyArrivalsTable,
  toChange: (row) => ({ subject: row.order_id, at: row.placed_at.getTime(), data: arrivalData(row) }),
});

function arrivalData(row: ArrivalRow): object {
  const { currency } = row;
  const [n, sum, sumSquares] = [BigInt(row.population), BigInt(row.sum), BigInt(row.sum_squares)];
  const minor = minorDigits(currency) ?? 0;
  return {
    orderId: row.order_id,
    currency,
    amount: formatAmount(BigInt(row.amount), currency),
    population: Number(n),
    mean: mean(n, sum, minor + MORE_DIGITS, minor),
    standardDeviation: standardDeviation(n, sum, sumSquares, minor + MORE_DIGITS, minor),
    zScore: row.z_score,
    placedAt: row.placed_at.toISOString(),
  };
}
