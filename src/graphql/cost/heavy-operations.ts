import { GraphQLError } from 'graphql';
import { ErrorCode } from '../errors';
import { LIMITS } from '../limits';
import type { OperationCost } from './operation-cost';

/**
 * Bounds how many operations with large answers run at once; the others wait, in the order in which they
 * came. A hundred of them together would fill the memory and hold up everybody else. Small operations do not
 * wait.
 */
export class HeavyOperations {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /**
   * Waits for a turn, if the operation needs one.
   * @returns a function that gives the turn back; it may be called more than once
   * @throws GraphQLError OVERLOADED when no turn came in time
   */
  async enter(operation: OperationCost | undefined): Promise<() => void> {
    if ((operation?.total ?? 0) <= LIMITS.heavy.cost) return () => {};
    if (this.running >= LIMITS.heavy.atOnce) await this.turn();
    else this.running += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    };
  }

  /** An operation that ends hands its turn to the next, so `running` stays as it is. */
  private turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(start), 1);
        reject(busy());
      }, LIMITS.heavy.waitMs);
      this.waiting.push(start);
    });
  }
}

const busy = (): GraphQLError =>
  new GraphQLError(
    'Too many large operations are running. Try again in a moment, or ask for fewer rows with `first`.',
    { extensions: { code: ErrorCode.OVERLOADED, http: { status: 503 } } },
  );
