import type { LogAppend } from '../../../bench/support/order-log';
import { mixedLog } from '../mixed-log';

const MONTHS = 3;
const MONTH_MS = 31 * 86_400_000;

/** The mixed log, with every third stream a month later and every third two: partitions of several months. */
export function logOfMonths(orders: number): LogAppend[] {
  const streams = new Map<string, number>();
  return [...mixedLog(orders)].map((append) => {
    const number = streams.get(append.stream) ?? streams.size;
    streams.set(append.stream, number);
    const occurredAt = append.event.occurredAt + (number % MONTHS) * MONTH_MS;
    return { ...append, event: { ...append.event, occurredAt } };
  });
}
