import type { GraphQLResolveInfo } from 'graphql';
import { getNamedType } from 'graphql';
import { parseToken } from '../../projections/consistency-token';
import type { OperationContext } from '../context';
import { badUserInput, projectionLagging } from '../errors';
import type { ConsistencyInput } from '../inputs/consistency.input';
import { LIMITS } from '../limits';
import { isPosition } from '../queries/cursor';
import { selectionOf } from './selection';

/** The read model that the objects of a type are read from. */
const PROJECTION_OF: Readonly<Record<string, readonly string[]>> = {
  Order: ['orders'],
  OrderConnection: ['orders'],
  Customer: ['customers'],
  CustomerConnection: ['customers'],
  RfmScores: ['rfm'],
  RfmSummary: ['rfm'],
  Product: ['products'],
  CategoryRevenue: ['category-revenue'],
  Anomaly: ['anomalies'],
  AnomalyConnection: ['anomalies'],
  AnomalyBaseline: ['anomalies'],
};

/**
 * Waits until every read model that the answer is made of shows the write behind the token, edges below included.
 * @param always read models that the query reads whatever is selected
 * @throws GraphQLError BAD_USER_INPUT for what is no token, PROJECTION_LAGGING when the time is over
 */
export async function awaitConsistency(
  { services }: OperationContext,
  info: GraphQLResolveInfo,
  consistency: ConsistencyInput | null | undefined,
  ...always: string[]
): Promise<void> {
  if (!consistency) return;
  const { token, timeoutMs } = consistency;
  const write = parseToken(token);
  if (write === null || !isPosition(write.position))
    throw badUserInput('consistency.token: this is no consistency token');
  const { max } = LIMITS.consistencyTimeoutMs;
  if (timeoutMs < 0 || timeoutMs > max) throw badUserInput(`consistency.timeoutMs: must be from 0 to ${max}`);
  const { progress, stopping } = services;
  const { position, key } = write;
  await Promise.all(
    projectionsBelow(info, always).map(async (projection) => {
      if (await progress.waitFor(projection, position, { timeoutMs, signal: stopping, key })) return;
      throw projectionLagging(projection, token, progress.current(projection)?.position ?? null);
    }),
  );
}

function projectionsBelow(info: GraphQLResolveInfo, always: readonly string[]): string[] {
  const types = [getNamedType(info.returnType).name];
  for (const field of selectionOf(info)) types.push(field.slice(0, field.indexOf('.')));
  return [...new Set([...always, ...types.flatMap((type) => PROJECTION_OF[type] ?? [])])];
}
