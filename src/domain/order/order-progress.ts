import { businessTime } from '../business-time';
import type { Facts, Occurred } from '../decider';
import type { OrderEvent } from '../event-roles';
import type { OrderStatus } from '../events';
import { fail, invalidField, ok, type Result } from '../failures';
import type { OrderState } from './order-state';

/** What every later command of an order says. */
export interface OrderCommand {
  orderId: string;
  /** Unix milliseconds; when absent now, or the time of the order's last event where that is later */
  occurredAt?: number;
}

/** The order that a command names, or NOT_FOUND. */
export function existing(state: OrderState | undefined, orderId: string): Result<OrderState> {
  return state === undefined
    ? fail({ code: 'NOT_FOUND', message: `There is no order ${orderId}`, path: ['orderId'] })
    : ok(state);
}

/** When a later command of an order happens: never before what happened to it last. */
export function laterTime({ occurredAt }: OrderCommand, order: OrderState, facts: Facts): Result<number> {
  const { last } = order;
  if (occurredAt === undefined) return ok(Math.max(facts.now, last.at));
  const time = businessTime(occurredAt, facts.now, 'occurredAt');
  if (!time.ok || occurredAt >= last.at) return time;
  const before = `before the last event of the order, ${last.type} at ${isoTime(last.at)}`;
  return invalidField(['occurredAt'], `(${isoTime(occurredAt)}) lies ${before}`);
}

const isoTime = (unixMs: number): string => new Date(unixMs).toISOString();

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

/**
 * The event of a transition, or why it is refused: the order is checked first, then the conditions of its
 * own, then the time.
 */
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
