import { badUserInput } from '../errors';
import { LIMITS } from '../limits';
import type { OrderParts } from '../queries/order-view';

/**
 * How many objects one operation may bring. What a document costs cannot be told from its text alone where `first` is a
 * variable and lists stand in lists, so each list is charged with what it may have, before it is read. Edges to one object
 * are not: there are no more of them than objects that they start from.
 */
export class Budget {
  private left: number = LIMITS.objects;

  /** @throws GraphQLError BAD_USER_INPUT when that many more are too many */
  spend(objects: number): void {
    this.left -= objects;
    if (this.left >= 0) return;
    throw badUserInput(
      `This operation may bring more than ${LIMITS.objects} objects: ask for fewer with \`first\`, or for fewer lists in lists`,
    );
  }
}

/** What an order counts for: its lines and its history are lists of their own. */
export const weightOf = ({ lines, history }: OrderParts): number => 1 + (lines ? 10 : 0) + (history ? 5 : 0);
