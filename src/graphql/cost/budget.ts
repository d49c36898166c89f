import type { FieldNode, GraphQLError, GraphQLNamedType } from 'graphql';
import { nextTurn } from '../../concurrency/next-turn';
import { badUserInput } from '../errors';
import { LIMITS } from '../limits';
import type { OrderParts } from '../queries/order-view';
import type { OperationCost } from './operation-cost';

/**
 * What one operation may still cost. The guard charges pages before anything is read. Lists whose length is
 * not known by then are charged here, when they are read and before their rows are answered.
 */
export class Budget {
  private cost: number;
  private storedBytes = 0;
  private reading: Promise<unknown> = Promise.resolve();
  private refusal: GraphQLError | undefined;

  /** @param operation the cost that the guard has admitted; undefined for an operation without lists */
  constructor(private readonly operation?: OperationCost) {
    this.cost = operation?.total ?? 0;
  }

  /** @throws GraphQLError BAD_USER_INPUT when these rows make the operation cost more than is allowed */
  spend(rows: number, type: GraphQLNamedType, nodes: readonly FieldNode[]): void {
    for (const node of nodes) this.cost += rows * (this.operation?.ofRow(node, type) ?? 1);
    if (this.cost > LIMITS.cost) throw this.refuse(tooCostly(this.cost));
  }

  /**
   * Reads rows with lists that are stored as JSON. An operation runs such statements one after the other,
   * because each is told how many bytes it may still read.
   * @param parts the lists that are asked for; without any, the statement does not wait for others
   * @param read gives rows; each says how many bytes all of them have together, whether or not they were read
   * @throws GraphQLError BAD_USER_INPUT when that is more than is left
   */
  readStored<Row extends { stored_bytes?: string | null }>(
    { lines, history }: OrderParts,
    read: (mostBytes: number) => Promise<Row[]>,
  ): Promise<Row[]> {
    if (!lines && !history) return read(0);
    const turn = this.reading.then(async () => {
      const rows = await read(LIMITS.storedBytes - this.storedBytes);
      this.storedBytes += Number(rows[0]?.stored_bytes ?? 0);
      if (this.storedBytes > LIMITS.storedBytes) throw this.refuse(tooLarge(this.storedBytes));
      // Others have a turn between reading the rows and answering them.
      await nextTurn();
      return rows;
    });
    this.reading = turn.catch(() => {});
    return turn;
  }

  /** All rows share one error: making one for each would cost more than the rows. */
  private refuse(error: GraphQLError): GraphQLError {
    this.refusal ??= error;
    return this.refusal;
  }
}

/** The refusal of an operation that costs more than is allowed. */
export function tooCostly(cost: number): GraphQLError {
  return badUserInput(
    `This operation costs ${cost}, and ${LIMITS.cost} is allowed: ` +
      'a field costs 1 for each row that it may be answered for, one that reads something else 10. ' +
      'Ask for fewer rows with `first`, for fewer fields, or for fewer lists in lists',
    { cost, limit: LIMITS.cost },
  );
}

function tooLarge(bytes: number): GraphQLError {
  return badUserInput(
    `The lines and histories of these orders have ${bytes} bytes, ` +
      `and one operation may read ${LIMITS.storedBytes}: ` +
      'ask for fewer orders with `first`, or for orders without them',
    { bytes, limit: LIMITS.storedBytes },
  );
}
