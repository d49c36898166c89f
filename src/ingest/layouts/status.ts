import type { FittedLayout } from './fit-layout';
import { type Step, steps } from './layout';
import { comparable } from './parse-layout';

/** What the status columns of an order come to. */
export interface OrderStatus {
  /** in the order in which they are done */
  does: readonly Step[];
  /** why the order is not imported; `does` is done to it where it is there already */
  leftOut?: string;
  /** why its status means nothing */
  problem?: { label: string; detail: string };
}

const NONE: OrderStatus = { does: [] };

/**
 * Reads the status columns over the rows of an order: a blank cell inherits, and two different texts are a
 * problem, as is one that the layout has no meaning for.
 */
export function orderStatus({ statuses }: FittedLayout, rows: readonly (readonly string[])[]): OrderStatus {
  if (statuses.length === 0 || rows.length === 0) return NONE;
  const does = new Set<Step>();
  let leftOut: OrderStatus | undefined;
  for (const { rule, index } of statuses) {
    const texts = new Map<string, string>();
    for (const cells of rows) {
      const text = (cells[index] ?? '').trim();
      if (text !== '') texts.set(comparable(text), text);
    }
    const [known, other] = [...texts.keys()];
    if (known === undefined) {
      if (rule.blank?.leftOut !== undefined) leftOut ??= rule.blank;
      else for (const step of rule.blank?.does ?? []) does.add(step);
      continue;
    }
    const meaning = rule.values.get(known) ?? rule.filled;
    // Columns of times are filled in different notations; any text in them means the same.
    if (other !== undefined && rule.values.size > 0)
      return problem(`two different ${rule.column} in one order`, [...texts.values()].join(', '));
    if (meaning === undefined)
      return problem(`${rule.column} has no meaning in the layout`, texts.get(known) ?? known);
    if (meaning.leftOut !== undefined) leftOut ??= meaning;
    else for (const step of meaning.does) does.add(step);
  }
  return leftOut ?? { does: steps.filter((step) => does.has(step)) };
}

const problem = (label: string, detail: string): OrderStatus => ({
  does: [],
  problem: { label, detail: JSON.stringify(detail) },
});
