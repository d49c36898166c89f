import { GraphQLError } from 'graphql';
import { ErrorCode } from '../errors';
import { LIMITS } from '../limits';

/**
 * How many objects one operation may load. What a document costs cannot be told from its text alone where `first` is a
 * variable and lists stand in lists, so each list is charged with what it may bring, before it is read.
 */
export class Budget {
  private left: number = LIMITS.objects;

  /** @throws GraphQLError BAD_USER_INPUT when that many more are too many */
  spend(objects: number): void {
    this.left -= objects;
    if (this.left >= 0) return;
    throw new GraphQLError(
      `This operation may load more than ${LIMITS.objects} objects: ask for fewer with \`first\`, or for fewer lists in lists`,
      { extensions: { code: ErrorCode.BAD_USER_INPUT } },
    );
  }
}
