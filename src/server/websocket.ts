import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
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
import { handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { OperationContext, type Services } from '../graphql/context';
import { ErrorCode } from '../graphql/errors';
import { LIMITS } from '../graphql/limits';
import { beforeWriting } from './answer';
import { maskError } from './error-mask';
import type { OperationGuard } from './guard';
import type { HeldBytes } from './held-bytes';
import { OpenSocket, SocketRefusal } from './open-socket';
import { Refusal, refuseOnSocket } from './refusal';
import { LONG_ID } from './socket-messages';

const CLOSE_GRACE_MS = 2_000;
const GOING_AWAY = 1001;

export interface WebSocketOptions {
  schema: GraphQLSchema;
  guard: OperationGuard;
  services: Services;
  held: HeldBytes;
}

/** GraphQL over WebSocket (graphql-transport-ws) on what upgrades of an HTTP server. Returns what ends it. */
export function serveWebSocket(server: Server, options: WebSocketOptions): { stop(): Promise<void> } {
  const { held, services } = options;
  const { metrics, logger } = services;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.bodyBytes,
    autoPong: false,
    handleProtocols,
  });
  const graphql = makeGraphqlServer(options);

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (sockets.clients.size >= LIMITS.sockets) refuseOnSocket(socket, tooManySockets());
    else sockets.handleUpgrade(request, socket, head, (client) => connect(client, socket));
  };
  sockets.on('wsClientError', ({ message }, socket) =>
    refuseOnSocket(socket, new Refusal(400, ErrorCode.BAD_REQUEST, message)),
  );

  const connect = (socket: WebSocket, raw: Duplex) => {
    metrics.sockets.inc();
    const open = new OpenSocket(socket, raw, held, logger);
    const closed = graphql.opened(open, open);
    socket.once('close', (code, reason) => {
      metrics.sockets.dec();
      closed(code, String(reason)).catch((error: unknown) => {
        logger.error({ err: error }, 'WebSocket could not be closed cleanly');
      });
    });
  };

  server.on('upgrade', onUpgrade);
  return {
    async stop() {
      server.off('upgrade', onUpgrade);
      for (const client of sockets.clients) client.close(GOING_AWAY, 'The server is stopping');
      const allClosed = new Promise<void>((resolve) => sockets.close(() => resolve()));
      const grace = new AbortController();
      await Promise.race([allClosed, delay(CLOSE_GRACE_MS, undefined, { signal: grace.signal })]);
      grace.abort();
      for (const client of sockets.clients) client.terminate();
      await allClosed;
    },
  };
}

function tooManySockets(): Refusal {
  return new Refusal(
    503,
    ErrorCode.OVERLOADED,
    `This server keeps at most ${LIMITS.sockets} connections open`,
    {
      'retry-after': '10',
    },
  );
}

function makeGraphqlServer({ schema, guard, services }: WebSocketOptions) {
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
      // Nobody asks for them, and they would be kept as long as the connection.
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

/** An operation that fails has an error, and leaves the others of the connection alone. */
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
    `A connection runs at most ${LIMITS.operationsPerSocket} operations at once: complete some, or open another`,
    { extensions: { code: ErrorCode.TOO_MANY_OPERATIONS } },
  );
}
