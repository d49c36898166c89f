import { type OrderState, returnsOf } from '../../domain/order/order-state';
import type { Step } from '../layouts/layout';

/** Units of one product. */
export interface Units {
  productId: string;
  quantity: number;
}

/** What came back of an order in all, since it was placed. Amounts are minor units. */
export interface Returned {
  units: readonly Units[];
  shipping: number;
  tax: number;
}

/** What became of an order after it was placed, as a file tells it. */
export interface Lifecycle {
  does: readonly Step[];
  /** Unix milliseconds; a step without a time happens with the one before it */
  at: Readonly<Partial<Record<Step, number>>>;
  /** undefined where all or nothing of it came back, as `does` says */
  returned: Returned | undefined;
}

/** A command that is missing. `at` is Unix milliseconds. */
export type LaterStep =
  | { does: 'pay' | 'ship' | 'deliver' | 'cancel'; at: number }
  /** `returned` is what comes back now, `inAll` with what came back before */
  | { does: 'return'; at: number; returned: Returned; inAll: Returned };

const PROGRESS = { PLACED: 0, PAID: 1, SHIPPED: 2, DELIVERED: 3, CANCELLED: 4 } as const;

/**
 * The steps that an order still lacks of what a file tells: all of them after it was placed, those that are
 * new in a later file, none when the same file comes again.
 */
export function missingSteps(order: OrderState, { does, at, returned: back }: Lifecycle): LaterStep[] {
  const wants = new Set(does);
  const missing: LaterStep[] = [];
  let progress: number = PROGRESS[order.status];
  let last = order.last.at;
  const timeOf = (step: Step): number => {
    // A day without a time of day, or a clock that is wrong, must not put a step before the one it follows.
    last = Math.max(last, at[step] ?? last);
    return last;
  };
  const advance = (step: 'pay' | 'ship' | 'deliver', to: number) => {
    if (!wants.has(step) || progress !== to - 1) return;
    missing.push({ does: step, at: timeOf(step) });
    progress = to;
  };
  const cancels = wants.has('cancel') && !wants.has('return');
  advance('pay', PROGRESS.PAID);
  if (!cancels && !cameBack(order)) {
    advance('ship', PROGRESS.SHIPPED);
    advance('deliver', PROGRESS.DELIVERED);
  }
  if (progress === PROGRESS.CANCELLED) return [];
  if (cancels) {
    if (progress <= PROGRESS.PAID) missing.push({ does: 'cancel', at: timeOf('cancel') });
    return missing;
  }
  const wanted = back ?? (wants.has('return') ? everything(order) : undefined);
  if (wanted === undefined) return missing;
  const returned = withoutEarlier(wanted, order);
  if (returned.units.length > 0 || returned.shipping > 0 || returned.tax > 0)
    missing.push({ does: 'return', at: timeOf('return'), returned, inAll: wanted });
  return missing;
}

const cameBack = (order: OrderState): boolean =>
  order.lines.every((line) => returnsOf(order, line).quantity === line.quantity);

function everything({ lines, shipping, tax }: OrderState): Returned {
  return { units: byProduct(lines), shipping, tax };
}

/** What of a return did not come back before. */
function withoutEarlier({ units, shipping, tax }: Returned, order: OrderState): Returned {
  const earlier = new Map<string, number>();
  for (const line of order.lines)
    earlier.set(line.productId, (earlier.get(line.productId) ?? 0) + returnsOf(order, line).quantity);
  return {
    units: units
      .map(({ productId, quantity }) => ({ productId, quantity: quantity - (earlier.get(productId) ?? 0) }))
      .filter(({ quantity }) => quantity > 0),
    shipping: Math.max(0, shipping - order.refunded.shipping),
    tax: Math.max(0, tax - order.refunded.tax),
  };
}

/** Units of each product, in the order in which the products come first. */
export function byProduct(lines: readonly Units[]): Units[] {
  const units = new Map<string, number>();
  for (const { productId, quantity } of lines) units.set(productId, (units.get(productId) ?? 0) + quantity);
  return [...units].map(([productId, quantity]) => ({ productId, quantity }));
}
