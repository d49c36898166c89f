import { MAX_CLOCK_AHEAD_MS } from '../../domain/business-time';
import type { Columns } from '../columns/columns';
import type { Field } from '../columns/fields';
import type { FittedLayout } from '../layouts/fit-layout';
import type { Step } from '../layouts/layout';
import { type OrderStatus, orderStatus } from '../layouts/status';
import type { Lifecycle, Units } from './lifecycle';
import type { ReadRow } from './line';
import type { Readings } from './readings';
import type { Reason } from './row-values';

/** What the rows of an order say of its life after it was placed. */
export interface LifeSaid {
  does: readonly Step[];
  at: Lifecycle['at'];
  /** units that came back; empty where the rows do not say which */
  returned: readonly Units[];
  /** why it is not imported; `does` is done to it where it is there from an earlier import */
  leftOut?: string;
  /** why it cannot be told, and the index of the row that shows it */
  problem?: { of: number; reason: Reason };
}

/** Reads what becomes of an order out of its rows. */
export type LifeReader = (
  rows: readonly { cells: readonly string[] }[],
  read: readonly ReadRow[],
) => LifeSaid;

const NO_STATUS: OrderStatus = { does: [] };

const TIMES = [
  ['pay', 'paid_at'],
  ['ship', 'shipped_at'],
  ['deliver', 'delivered_at'],
  ['cancel', 'cancelled_at'],
  ['return', 'refunded_at'],
] as const satisfies readonly [Step, Field][];

/** @returns undefined where nothing in the file tells what becomes of an order */
export function lifeReader(
  columns: Columns,
  readings: Readings,
  layout: FittedLayout | undefined,
): LifeReader | undefined {
  const times = TIMES.filter(([, field]) => columns.indexes(field).length > 0);
  const tells = (['refunded', 'returned_quantity'] as const).some(
    (field) => columns.indexes(field).length > 0,
  );
  if (!tells && !layout?.hasRefunds && (layout?.statuses.length ?? 0) === 0) return undefined;

  return (rows, read) => {
    // Rows that take units back have a status of their own, and none of their order.
    const sales = rows.filter((_, i) => read[i]?.refund === undefined).map(({ cells }) => cells);
    const { does, leftOut, problem } = layout === undefined ? NO_STATUS : orderStatus(layout, sales);
    const nothing: LifeSaid = { does: [], at: {}, returned: [] };
    if (problem !== undefined) return { ...nothing, problem: { of: 0, reason: problem } };
    const at: Partial<Record<Step, number>> = {};
    for (const [step, field] of times) {
      const found = latest(rows, columns, field, readings);
      if (typeof found === 'object') return { ...nothing, problem: found };
      if (found !== undefined) at[step] = found;
    }
    const returned = returnedUnits(rows, read, columns, readings);
    if ('reason' in returned) return { ...nothing, problem: returned };
    const refundedAt = Math.max(0, ...read.map(({ refund }) => refund?.at ?? 0));
    if (refundedAt > 0) at.return ??= refundedAt;
    return { does, at, returned: returned.units, ...(leftOut === undefined ? {} : { leftOut }) };
  };
}

type Problem = NonNullable<LifeSaid['problem']>;

/** The latest time of a column over the rows of an order: parts of it may be shipped on different days. */
function latest(
  rows: readonly { cells: readonly string[] }[],
  columns: Columns,
  field: Field,
  readings: Readings,
): number | undefined | Problem {
  let last: number | undefined;
  for (const [of, { cells }] of rows.entries()) {
    const text = columns.cell(cells, field);
    if (text === '') continue;
    const time = readings.time(text, field);
    const refuse = (label: string): Problem => ({
      of,
      reason: { label: `${field} ${label}`, detail: JSON.stringify(text) },
    });
    if (time === undefined) return refuse(readings.timeProblem(text, field));
    if (time > Date.now() + MAX_CLOCK_AHEAD_MS) return refuse('lies in the future');
    last = Math.max(last ?? time, time);
  }
  return last;
}

/** The units that refund rows take back, and those that the lines say of themselves. */
function returnedUnits(
  rows: readonly { cells: readonly string[] }[],
  read: readonly ReadRow[],
  columns: Columns,
  readings: Readings,
): { units: Units[] } | Problem {
  const units: Units[] = [];
  for (const [of, row] of read.entries()) {
    if (row.refund !== undefined) units.push(row.refund);
    const text = columns.cell(rows[of]?.cells ?? [], 'returned_quantity');
    if (row.line === undefined || text === '') continue;
    const quantity = Math.abs(Number(readings.decimal('returned_quantity', text, () => '')));
    if (!Number.isSafeInteger(quantity))
      return {
        of,
        reason: { label: 'returned_quantity must be a whole number', detail: JSON.stringify(text) },
      };
    if (quantity > 0) units.push({ productId: row.line.productId, quantity });
  }
  return { units };
}
