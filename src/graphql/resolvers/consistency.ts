import type { GraphQLResolveInfo } from 'graphql';
import { getNamedType } from 'graphql';
import { parseToken } from '../../projections/progress/consistency-token';
import type { OperationContext } from '../context';
import { badUserInput, projectionLagging } from '../errors';
import type { ConsistencyInput } from '../inputs/consistency.input';
import { LIMITS } from '../limits';
import { isPosition } from '../queries/cursor';
import { endOfLog } from './end-of-log';
import { readModelsOf } from './read-models';
import { selectionOf } from './selection';

/**
 * Waits until every read model of the answer, edges included, shows the write of the token. Edges are then
 * read anew, even if another field of the operation has read them before.
 * @param always read models that the query reads whatever is selected
 * @throws GraphQLError BAD_USER_INPUT for a text that is no token of this store, PROJECTION_LAGGING when the
 *   time is over
 */
export async function awaitConsistency(
  context: OperationContext,
  info: GraphQLResolveInfo,
  consistency: ConsistencyInput | null | undefined,
  ...always: string[]
): Promise<void> {
  if (!consistency) return;
  const { token, timeoutMs } = consistency;
  const { progress, stopping } = context.services;
  const { position, key } = writeBehind(token);
  const { max } = LIMITS.consistencyTimeoutMs;
  if (timeoutMs < 0 || timeoutMs > max) throw badUserInput(`consistency.timeoutMs: must be from 0 to ${max}`);
  const projections = projectionsBelow(info, always);
  for (const projection of projections) refuseOtherKind(position, progress.current(projection)?.position);
  const isShown = await Promise.all(
    projections.map((projection) =>
      progress.waitFor(projection, position, { timeoutMs, signal: stopping, key }),
    ),
  );
  const lagging = projections.find((_, index) => !isShown[index]);
  if (lagging !== undefined) {
    // Taken now, so that the message names where the read model stood when the time was over.
    const shown = progress.current(lagging)?.position ?? null;
    await refuseBeyondTheEnd(context, position);
    throw projectionLagging(lagging, token, shown);
  }
  context.pass(info, token);
}

function writeBehind(token: string) {
  const write = parseToken(token);
  if (write === null || !isPosition(write.position))
    throw badUserInput('consistency.token: this is no consistency token');
  return write;
}

/** All positions of a store have one length. A token of another length is of another store. */
function refuseOtherKind(position: string, shown = ''): void {
  if (shown !== '' && shown.length !== position.length)
    throw badUserInput('consistency.token: this token is of another event store');
}

/** A token is a position in the log, so one after the end of the log is of another store. */
async function refuseBeyondTheEnd({ services }: OperationContext, position: string): Promise<void> {
  const end = await endOfLog(services.store);
  if (end !== undefined && end < position)
    throw badUserInput(
      'consistency.token: this token is of another event store: the log of this one ends at ' +
        `${end || 'nothing'}`,
    );
}

function projectionsBelow(info: GraphQLResolveInfo, always: readonly string[]): string[] {
  const types = [getNamedType(info.returnType).name];
  for (const field of selectionOf(info)) types.push(field.slice(0, field.indexOf('.')));
  return [...new Set([...always, ...types.flatMap(readModelsOf)])];
}
