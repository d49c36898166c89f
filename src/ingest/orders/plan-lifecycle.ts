import { amountInWords, shareOf } from '../../domain/money';
import type { Step } from '../layouts/layout';
import { byProduct, type Lifecycle, type Returned, type Units } from './lifecycle';
import type { Reason } from './row-values';

/** A line as it will be placed. Amounts are minor units. */
export interface PlannedLine extends Units {
  /** after its discount */
  amount: number;
}

/** An order as it will be placed, and what a file says of its later life. Amounts are minor units. */
export interface PlannedOrder {
  currency: string;
  lines: readonly PlannedLine[];
  shipping: number;
  tax: number;
  does: readonly Step[];
  at: Lifecycle['at'];
  /** what was given back of it in all; undefined where the file does not say */
  refunded: number | undefined;
  /** units that came back; empty where the file does not say which */
  returnedUnits: readonly Units[];
}

/**
 * Checks before an order is placed that all that the file tells of it can be done, to the minor unit.
 * @returns what is done after it is placed, or why the order cannot be imported
 */
export function planLifecycle(order: PlannedOrder): Lifecycle | Reason {
  const { does, at, refunded } = order;
  const wants = new Set(does);
  const total = totalOf(order);
  const money = (amount: number) => amountInWords(amount, order.currency);
  if (refunded !== undefined && refunded > total)
    return { label: 'more was given back than was paid', detail: `${money(refunded)} of ${money(total)}` };
  const units = byProduct(order.returnedUnits);
  const unknown = units.find(({ productId, quantity }) => quantity > boughtOf(order, productId));
  if (unknown !== undefined)
    return { label: 'more came back than was bought', detail: `${unknown.quantity} of ${unknown.productId}` };

  const comesBackWhole =
    wants.has('return') && (refunded === undefined || refunded === 0 || refunded === total);
  const isWhole = comesBackWhole || (total > 0 && refunded === total);
  if (wants.has('cancel')) {
    if (!wants.has('ship')) return planCancelled(order, isWhole, money);
    if (!isWhole)
      return { label: 'cancelled after it was shipped, and not given back', detail: money(refunded ?? 0) };
  }
  if (isWhole) return { does: [...does.filter(isNoReturn), 'return'], at, returned: undefined };
  const asked = wants.has('return') || wants.has('return_some');
  if (!asked && units.length === 0 && !refunded) return { does, at, returned: undefined };

  // An order that is said to have come back, at less than its total: all its goods, and not all its charges.
  const back = units.length > 0 || !wants.has('return') ? units : byProduct(order.lines);
  if (back.length === 0)
    return {
      label: 'given back in part, and nobody can tell of what',
      detail: refunded === undefined ? undefined : `${money(refunded)} of ${money(total)}`,
    };
  const returned = withCharges(order, back);
  if (returned === undefined)
    return {
      label: 'what was given back differs from the price of what came back',
      detail: `${money(refunded ?? 0)}, but ${money(amountOf(order, back))}`,
    };
  return { does: [...does.filter(isNoReturn), 'return_some'], at, returned };
}

export const isLifecycle = (plan: Lifecycle | Reason): plan is Lifecycle => 'does' in plan;

const isNoReturn = (step: Step): boolean => step !== 'return' && step !== 'return_some';

/** A cancellation takes all of it back, so nothing of it may be kept. */
function planCancelled(
  { does, at, refunded }: PlannedOrder,
  isWhole: boolean,
  money: (amount: number) => string,
): Lifecycle | Reason {
  if (refunded && !isWhole) return { label: 'cancelled, but given back in part', detail: money(refunded) };
  return { does: does.filter(isNoReturn), at, returned: undefined };
}

function totalOf({ lines, shipping, tax }: PlannedOrder): number {
  return lines.reduce((sum, { amount }) => sum + amount, shipping + tax);
}

function boughtOf({ lines }: PlannedOrder, productId: string): number {
  return lines.reduce((sum, line) => sum + (line.productId === productId ? line.quantity : 0), 0);
}

/** What was paid for units: of the first line of their product, then of the next, as a return takes them. */
function amountOf({ lines }: PlannedOrder, units: readonly Units[]): number {
  let amount = 0;
  for (const { productId, quantity } of units) {
    let open = quantity;
    for (const line of lines) {
      if (line.productId !== productId) continue;
      const taken = Math.min(open, line.quantity);
      amount += shareOf(line.amount, taken, line.quantity);
      open -= taken;
    }
  }
  return amount;
}

/**
 * The units with the shipping and tax that were given back with them: the rest of the refunded amount, where
 * it can be of one of them only, or is all of both.
 */
function withCharges(order: PlannedOrder, units: readonly Units[]): Returned | undefined {
  const { refunded, shipping, tax } = order;
  const rest = refunded === undefined ? 0 : refunded - amountOf(order, units);
  if (rest === 0) return { units, shipping: 0, tax: 0 };
  if (rest === shipping + tax) return { units, shipping, tax };
  if (rest < 0 || rest > shipping + tax || (shipping > 0 && tax > 0)) return undefined;
  return shipping > 0 ? { units, shipping: rest, tax: 0 } : { units, shipping: 0, tax: rest };
}
