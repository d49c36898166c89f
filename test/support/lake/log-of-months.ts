import { append, type LogAppend } from '../../../bench/support/order-log';
import { eventLog } from '../events';
import { mixedLog } from '../mixed-log';

const MONTHS = 3;
const MONTH_MS = 31 * 86_400_000;

/**
 * The mixed log, and a credit note that gives back shipping and tax. A third of the streams is a month later
 * and a third two months, so that there are partitions of several months.
 */
export function logOfMonths(orders: number): LogAppend[] {
  const streams = new Map<string, number>();
  return [...mixedLog(orders), refund()].map((each) => {
    const number = streams.get(each.stream) ?? streams.size;
    streams.set(each.stream, number);
    const occurredAt = each.event.occurredAt + (number % MONTHS) * MONTH_MS;
    return { ...each, event: { ...each.event, occurredAt } };
  });
}

function refund(): LogAppend {
  const { stream, type, data, occurredAt } = eventLog().creditNote({
    currency: 'EUR',
    shipping: 395,
    tax: 80,
  });
  return append(stream, 0, type, data, occurredAt);
}
