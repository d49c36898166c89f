import { GraphQLError } from 'graphql';
import { ErrorCode } from '../errors';
import { LIMITS } from '../limits';
import type { OperationCost } from './operation-cost';

/**
 * Lets few operations run at once whose answers may be large, and the others in their order: a hundred of
 * them together would fill the memory and keep everybody else waiting. What is small passes by.
 */
export class HeavyOperations {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /**
   * Waits for a turn where the operation needs one.
   * @returns gives the turn back; may be called again
   * @throws GraphQLError OVERLOADED when it did not come in time
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

  /** Whoever leaves hands the turn on, so `running` stays as it is. */
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
