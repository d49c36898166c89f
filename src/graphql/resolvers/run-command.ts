import { GraphQLError } from 'graphql';
import type { CommandContext, CommandMeta, CommandResult } from '../../commands';
import type { Failure } from '../../domain/failures';
import { StoreUnavailableError } from '../../event-store/errors';
import { formatToken } from '../../projections/progress/consistency-token';
import type { OperationContext } from '../context';
import { ErrorCode, RETRY_AFTER_MS } from '../errors';

type Command<I, S> = (context: CommandContext, input: I, meta: CommandMeta) => Promise<CommandResult<S>>;

/** The answer of a mutation: the accepted result with its token, or the failure. */
export type Answer<R> = (R & { consistencyToken: string; duplicate: boolean }) | Failure;

/**
 * Runs a command and answers from its own result, without waiting for a read model.
 * @throws GraphQLError STORE_UNAVAILABLE when the outcome is unknown: the client sends the same input again
 */
export async function runCommand<I, S, R extends object>(
  { services, correlationId }: OperationContext,
  name: string,
  command: Command<I, S>,
  input: I,
  view: (state: S) => R,
): Promise<Answer<R>> {
  const { commands, metrics, progress } = services;
  const result = await command(commands, input, { correlationId }).catch((error: unknown) => {
    metrics.commands.inc({ command: name, outcome: 'ERROR' });
    throw error instanceof StoreUnavailableError ? unavailable() : error;
  });
  if (!result.ok) {
    metrics.commands.inc({ command: name, outcome: result.failure.code });
    return result.failure;
  }
  const { stream, state, position, duplicate } = result.value;
  metrics.commands.inc({ command: name, outcome: duplicate ? 'DUPLICATE' : 'ACCEPTED' });
  const consistencyToken = progress.knowsPartitions ? formatToken(position, stream) : position;
  return { ...view(state), consistencyToken, duplicate };
}

function unavailable(): GraphQLError {
  return new GraphQLError(
    'The event store did not answer, so it is not known whether this was accepted. ' +
      'Send the same input again.',
    { extensions: { code: ErrorCode.STORE_UNAVAILABLE, retryAfterMs: RETRY_AFTER_MS } },
  );
}
