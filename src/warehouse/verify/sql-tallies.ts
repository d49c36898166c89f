import type { Position } from '../../event-store/position';
import type { Dataset } from '../../export/dataset';
import type { WarehouseSession } from '../load/session';
import { addTally, dayColumn, summedColumns, type Tallies } from './tally';

/** Which rows of a dataset are counted: those of positions after `after` up to `through`. */
export interface Range {
  after: Position;
  through: Position;
}

/** What separates day and position in the name of a part. */
export const PART = ' ';

/**
 * Counts a relation that has the columns of a dataset.
 * @param by `day`, or `position`: parts are then `day position`
 */
export async function tallyRelation(
  session: Pick<WarehouseSession, 'dialect' | 'query'>,
  relation: string,
  dataset: Dataset,
  { after, through }: Range,
  by: 'day' | 'position',
  tallies: Tallies = new Map(),
): Promise<Tallies> {
  const { dialect } = session;
  const summed = summedColumns(dataset);
  const day = dayColumn(dataset);
  const days = day === undefined ? dialect.literal('') : `CAST(${day} AS VARCHAR)`;
  const part = by === 'day' ? days : `${days} || ${dialect.literal(PART)} || position`;
  const sums = summed.map(
    ({ name, scale }, index) =>
      `CAST(CAST(SUM(${name}) AS DECIMAL(38, ${scale})) AS VARCHAR) AS sum_${index}`,
  );
  const columns = [`${part} AS part`, 'CAST(COUNT(*) AS VARCHAR) AS row_count', ...sums];
  const rows = await session.query(
    `SELECT ${columns.join(', ')} FROM ${relation} r
      WHERE position > ${dialect.literal(after)} AND position <= ${dialect.literal(through)} GROUP BY 1`,
  );
  for (const row of rows) {
    const values = summed.map(({ scale }, index) => parseUnscaled(row[`sum_${index}`] ?? '0', scale));
    addTally(tallies, row.part ?? '', { rows: Number(row.row_count), sums: values });
  }
  return tallies;
}

/** 12.34 at scale 4 is 123400. */
function parseUnscaled(text: string, scale: number): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(scale, '0'));
}
