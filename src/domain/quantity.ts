/** The largest quantity of one line. */
export const MAX_QUANTITY = 1_000_000_000;

/** Why a line's quantity is none, undefined when it is one: a whole number from 1 to MAX_QUANTITY. */
export function quantityProblem(quantity: number): string | undefined {
  if (!Number.isInteger(quantity)) return 'must be a whole number';
  if (quantity < 1) return 'must be above zero';
  if (quantity > MAX_QUANTITY) return `must not be above ${MAX_QUANTITY}`;
  return undefined;
}
