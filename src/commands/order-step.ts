import type { OrderCommand } from '../domain/order/order-progress';
import type { InputCheck } from './input-check';

/** What every later command of an order says. */
export interface OrderStep {
  idempotencyKey: string;
  orderId: string;
  expectedRevision?: number | null;
  /** Unix milliseconds; now when absent */
  occurredAt?: number | null;
}

export function normaliseOrderStep(check: InputCheck, input: OrderStep): OrderCommand {
  return {
    orderId: check.id('orderId', input.orderId),
    occurredAt: check.optionalTime('occurredAt', input.occurredAt),
  };
}
