import type { LogAppend } from '../../../bench/support/order-log';
import { mixedLog } from '../mixed-log';

/** Gives out a log of all kinds of events piece by piece. */
export class LogParts {
  private readonly log: Iterator<LogAppend>;

  /** @param orders how long it is: some five appends for each */
  constructor(orders: number) {
    this.log = mixedLog(orders);
  }

  /** The next appends, of which there must be enough. */
  next(count: number): LogAppend[] {
    return Array.from({ length: count }, () => {
      const { value, done } = this.log.next();
      if (done) throw new Error('The log of this spec is too short');
      return value;
    });
  }
}
