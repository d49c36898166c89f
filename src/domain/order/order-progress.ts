import { businessTime } from '../business-time';
import type { Facts, Occurred } from '../decider';
import type { OrderEvent, OrderStatus } from '../events';
import { fail, invalidField, ok, type Result } from '../failures';
import type { OrderState } from './order-state';

/** What every later command of an order says. */
export interface OrderCommand {
  orderId: string;
  /** Unix milliseconds; when absent now, or the order's own time where that is later */
  occurredAt?: number;
}

/** The order that a command names, or NOT_FOUND. */
export function existing(state: OrderState | undefined, orderId: string): Result<OrderState> {
  return state === undefined
    ? fail({ code: 'NOT_FOUND', message: `There is no order ${orderId}`, path: ['orderId'] })
    : ok(state);
}

/** When a later command of an order happens: never before the order was placed. */
export function laterTime(command: OrderCommand, order: OrderState, facts: Facts): Result<number> {
  if (command.occurredAt === undefined) return ok(Math.max(facts.now, order.orderedAt));
  if (command.occurredAt < order.orderedAt)
    return invalidField(['occurredAt'], 'lies before the order was placed');
  return businessTime(command.occurredAt, facts.now, 'occurredAt');
}

/** Refuses what cannot be done in the order's status. */
export function illegal(order: OrderState, what: string): ReturnType<typeof fail> {
  return fail({
    code: 'ILLEGAL_TRANSITION',
    message: `Order ${order.orderId} is ${order.status} and cannot be ${what}`,
    path: [],
    status: order.status,
  });
}

/** A transition of an order from one status to the next. */
export interface OrderTransition {
  from: OrderStatus;
  /** what is done to the order, for people: "paid" */
  what: string;
  /** What happens to an order in that status, or why it does not. */
  event(order: OrderState): Result<OrderEvent>;
}

/** The event of a transition, or why it is refused: the order is checked first, then the conditions of its own, then the time. */
export function decideTransition(
  command: OrderCommand,
  state: OrderState | undefined,
  facts: Facts,
  { from, what, event }: OrderTransition,
): Result<Occurred<OrderEvent>[]> {
  const found = existing(state, command.orderId);
  if (!found.ok) return found;
  const order = found.value;
  if (order.status !== from) return illegal(order, what);
  const happened = event(order);
  if (!happened.ok) return happened;
  const time = laterTime(command, order, facts);
  if (!time.ok) return time;
  return ok([{ ...happened.value, occurredAt: time.value }]);
}
