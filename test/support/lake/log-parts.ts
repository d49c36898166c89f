import type { LogAppend } from '../../../bench/support/order-log';
import { mixedLog } from '../mixed-log';

/** Hands out a log with all kinds of events in parts. */
export class LogParts {
  private readonly log: Iterator<LogAppend>;

  /** @param orders number of orders in the log, with some five appends each */
  constructor(orders: number) {
    this.log = mixedLog(orders);
  }

  /** The next appends. @throws Error when the log has fewer */
  next(count: number): LogAppend[] {
    return Array.from({ length: count }, () => {
      const { value, done } = this.log.next();
      if (done) throw new Error('The log of this spec is too short');
      return value;
    });
  }
}
