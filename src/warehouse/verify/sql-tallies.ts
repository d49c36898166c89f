import type { Dataset } from '../../lake/datasets/dataset';
import type { Dialect } from '../model/dialect';
import type { WarehouseSession } from '../session';
import { rowDigestSql } from './row-digest';
import {
  addTally,
  dayColumn,
  hasCurrency,
  partKey,
  type Selection,
  summedColumns,
  type Tallies,
} from './tally';

/** Counts a relation that has the columns of a dataset, and adds the counts to `tallies`. */
export async function tallyRelation(
  session: Pick<WarehouseSession, 'dialect' | 'query'>,
  relation: string,
  dataset: Dataset,
  selection: Selection,
  tallies: Tallies = new Map(),
): Promise<Tallies> {
  const { dialect } = session;
  const nothing = dialect.literal('');
  const day = dayColumn(dataset) ?? nothing;
  const currency = hasCurrency(dataset) ? 'currency' : nothing;
  const stretch = selection.stretchLength ? `SUBSTR(position, 1, ${selection.stretchLength})` : nothing;
  const summed = summedColumns(dataset);
  const sums = summed.map(
    ({ name, scale }, index) =>
      `CAST(CAST(SUM(${name}) AS DECIMAL(38, ${scale})) AS VARCHAR) AS sum_${index}`,
  );
  sums.push(`CAST(CAST(SUM(${rowDigestSql(dialect, dataset)}) AS DECIMAL(38, 0)) AS VARCHAR) AS digest`);
  const rows = await session.query(`
SELECT CAST(s.part_day AS VARCHAR) AS part_day, s.part_currency, s.part_stretch, CAST(COUNT(*) AS VARCHAR) AS row_count,
       ${sums.join(', ')}
  FROM (SELECT r.*, ${day} AS part_day, ${currency} AS part_currency, ${stretch} AS part_stretch
          FROM ${relation} r
         WHERE ${conditions(dialect, dataset, selection).join(' AND ')}) s
 GROUP BY s.part_day, s.part_currency, s.part_stretch`);
  for (const row of rows) {
    const part = {
      day: row.part_day ?? '',
      currency: row.part_currency ?? '',
      stretch: row.part_stretch ?? '',
    };
    const values = summed.map(({ scale }, index) => parseUnscaled(row[`sum_${index}`] ?? '0', scale));
    const digest = BigInt(row.digest ?? '0');
    addTally(tallies, partKey(part), { rows: Number(row.row_count), sums: values, digest });
  }
  return tallies;
}

/**
 * Compares dates and positions without a cast, so that files and partitions without matches can be skipped.
 */
function conditions(
  dialect: Dialect,
  dataset: Dataset,
  { after, through, days, stretches }: Selection,
): string[] {
  const found = [`position <= ${dialect.literal(through)}`];
  if (after !== null) found.push(`position > ${dialect.literal(after)}`);
  const day = dayColumn(dataset);
  if (days && day !== undefined)
    found.push(`${day} IN (${[...days].map((one) => `DATE '${one}'`).join(', ')})`);
  if (stretches) {
    const sorted = [...stretches].sort();
    const first = sorted[0] ?? '';
    const list = sorted.map((one) => dialect.literal(one)).join(', ');
    found.push(`position >= ${dialect.literal(first)}`, `SUBSTR(position, 1, ${first.length}) IN (${list})`);
  }
  return found;
}

/** 12.34 at scale 4 is 123400. */
export function parseUnscaled(text: string, scale: number): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(scale, '0'));
}
