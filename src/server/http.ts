import type { IncomingMessage } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastify, { type FastifyInstance } from 'fastify';
import { OperationContext, type Services } from '../graphql/context';
import { LIMITS } from '../graphql/limits';
import type { WorkerStatus } from '../graphql/worker-metrics';
import { correlationIdOf } from './correlation-id';
import { Drain } from './drain';
import { answerErrorsAsGraphql, answerFrameworkError, pathOf } from './error-answers';
import type { OperationGuard } from './guard';
import { addIndexPage } from './index-page';
import { addProbes, type Ready } from './probes';
import { type Refusal, refuseUnreadable } from './refusal';
import { closeConnectionsWhileStopping, refuseWhileStopping } from './refuse-while-stopping';
import { checkSearch, takeJson } from './request-body';
import { checkSubscriptions } from './subscriptions-by-socket';
import { isWebSocketHandshake, upgradeOnlyIf } from './upgrade';

export interface HttpOptions {
  apollo: ApolloServer<OperationContext>;
  guard: OperationGuard;
  services: Services;
  /** why a request may not be made at all, whatever it asks for */
  refusalOf: (request: IncomingMessage) => Refusal | undefined;
  /** the answer of /readyz */
  ready: Ready;
  /** the processes beside this one, which /readyz tells of */
  workers?: () => readonly WorkerStatus[];
}

export interface Http {
  app: FastifyInstance;
  drain: Drain;
}

/**
 * All routes, not listening yet. The opening handshakes of WebSockets at /graphql come out as `upgrade` of
 * its server.
 */
export function createHttp({ apollo, guard, services, refusalOf, ready, workers }: HttpOptions): Http {
  const { logger, stopping } = services;
  const mayUpgrade = (request: IncomingMessage) =>
    isWebSocketHandshake(request) &&
    pathOf(request) === '/graphql' &&
    !stopping.aborted &&
    !refusalOf(request);
  const app = createApp(mayUpgrade);
  const drain = new Drain(app.server);
  // An error event without a listener would end the process, and nobody else listens while the protocol
  // changes.
  app.server.on('connection', (socket) =>
    socket.on('error', (error) => logger.debug({ err: error }, 'connection failed')),
  );
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.addHook('onRequest', async (request) => {
    const refusal = refusalOf(request.raw);
    if (refusal) throw refusal;
  });
  closeConnectionsWhileStopping(app, stopping);
  takeJson(app);
  answerErrorsAsGraphql(app, logger);
  addProbes(app, services, { ready, workers });
  addIndexPage(app);
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    // Not before the body is read: Node resets a connection that it closes with bytes unread, and the client
    // would lose the answer.
    preHandler: [refuseWhileStopping(stopping, drain), checkSearch, checkSubscriptions(guard)],
    handler: fastifyApolloHandler(apollo, {
      context: async (request) => new OperationContext(services, request.id),
    }),
  });
  return { app, drain };
}

function createApp(mayUpgrade: (request: IncomingMessage) => boolean): FastifyInstance {
  return fastify({
    http: {
      IncomingMessage: upgradeOnlyIf(mayUpgrade),
      // Refused by `refusalOf`, in the shape of the others.
      requireHostHeader: false,
      connectionsCheckingInterval: LIMITS.requestMs / 10,
    },
    bodyLimit: LIMITS.bodyBytes,
    requestTimeout: LIMITS.requestMs,
    // Also of a client that does not read its answer.
    connectionTimeout: LIMITS.requestMs,
    forceCloseConnections: 'idle',
    // Fastify would answer in another shape than `refuseWhileStopping` does.
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: correlationIdOf,
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: answerFrameworkError,
  });
}
