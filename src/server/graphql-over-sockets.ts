import { randomUUID } from 'node:crypto';
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  subscribe,
} from 'graphql';
import { makeServer, type SubscribePayload } from 'graphql-ws';
import { OperationContext, type Services } from '../graphql/context';
import { ErrorCode } from '../graphql/errors';
import { LIMITS } from '../graphql/limits';
import { beforeWriting } from './answer';
import { maskError } from './error-mask';
import type { OperationGuard } from './guard';
import type { OpenSocket } from './open-socket';
import { LONG_ID, SocketRefusal } from './socket-messages';

export interface SocketOperations {
  schema: GraphQLSchema;
  guard: OperationGuard;
  services: Services;
}

/** Runs the operations that clients send over their WebSockets, by the same rules as those over HTTP. */
export function graphqlOverSockets({ schema, guard, services }: SocketOperations) {
  const { logger, heavy } = services;
  return makeServer<undefined, OpenSocket>({
    execute: answeringWhatIsThrown(async (operation: ExecutionArgs) => {
      const leave = await heavy.enter((operation.contextValue as OperationContext).cost);
      try {
        return await execute(operation);
      } finally {
        leave();
      }
    }),
    subscribe: answeringWhatIsThrown(subscribe),
    onConnect(client) {
      // Nothing reads them, and they would take memory as long as the connection is open.
      Object.assign(client, { connectionParams: undefined });
    },
    onSubscribe({ extra: socket }, id: string, { query, operationName, variables }: SubscribePayload) {
      if (id.length > LIMITS.operationIdLength) throw new SocketRefusal(LONG_ID);
      if (socket.operations > LIMITS.operationsPerSocket) return [tooMany()];
      const verdict = guard.admit(query);
      if (verdict.errors) return verdict.errors;
      const { document } = verdict;
      const unknown = unknownOperation(document, operationName);
      if (unknown) return [unknown];
      try {
        const cost = guard.admitOperation(document, operationName, variables);
        const contextValue = new OperationContext(services, randomUUID(), cost);
        return { schema, document, operationName, variableValues: variables, contextValue };
      } catch (error) {
        return [asGraphqlError(error)];
      }
    },
    async onNext(_client, _id, _payload, { contextValue }, result: ExecutionResult) {
      const refusal = await beforeWriting(result);
      if (refusal) return { errors: [refusal.toJSON()] };
      if (!result.errors) return;
      const { correlationId } = contextValue as OperationContext;
      return {
        ...result,
        errors: result.errors.map((error) => maskError(error, correlationId, logger)),
      };
    },
    onError: (_client, _id, _payload, errors) =>
      errors.map((error) => maskError(error, randomUUID(), logger)),
  });
}

/** Answers an operation that throws with an error: thrown on, it would end the connection's others too. */
function answeringWhatIsThrown<R>(run: (args: ExecutionArgs) => R | Promise<R>) {
  return async (args: ExecutionArgs): Promise<R | ExecutionResult> => {
    try {
      return await run(args);
    } catch (error) {
      return { errors: [asGraphqlError(error)] };
    }
  };
}

function asGraphqlError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}

/** In the words and with the code that an answer over HTTP has. */
function unknownOperation(document: DocumentNode, name?: string | null): GraphQLError | undefined {
  if (getOperationAST(document, name)) return undefined;
  return new GraphQLError(
    name
      ? `Unknown operation named "${name}".`
      : 'Must provide operation name if query contains multiple operations.',
    { extensions: { code: ErrorCode.OPERATION_RESOLUTION_FAILURE } },
  );
}

function tooMany(): GraphQLError {
  return new GraphQLError(
    `A connection runs at most ${LIMITS.operationsPerSocket} operations at once: ` +
      'complete some, or open another',
    { extensions: { code: ErrorCode.TOO_MANY_OPERATIONS } },
  );
}
