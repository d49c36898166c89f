import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { OperationContext, type Services } from '../graphql/context';
import { ErrorCode } from '../graphql/errors';
import { LIMITS } from '../graphql/limits';
import { Drain } from './drain';
import type { OperationGuard } from './guard';
import { INDEX_PAGE } from './index-page';
import { graphqlError, Refusal, refuseUnreadable } from './refusal';
import { checkSearch, takeJson } from './request-body';
import { checkSubscriptions } from './subscriptions-by-socket';
import { isWebSocketHandshake, upgradeOnlyIf } from './upgrade';

export interface HttpOptions {
  apollo: ApolloServer<OperationContext>;
  guard: OperationGuard;
  services: Services;
  /** why a request may not be made at all, whatever it asks for */
  refusalOf: (request: IncomingMessage) => Refusal | undefined;
  /** what the process needs -> 'ok', or what is wrong with it */
  ready: () => Promise<Record<string, string>>;
}

export interface Http {
  app: FastifyInstance;
  drain: Drain;
}

/** A client may name its request, so that one id runs through its own logs and ours. */
const CORRELATION_HEADER = 'x-correlation-id';
const CORRELATION_ID = /^[\w.:-]{1,100}$/;

/**
 * All routes, not listening yet. The opening handshakes of WebSockets at /graphql come out as `upgrade` of
 * its server.
 */
export function createHttp({ apollo, guard, services, refusalOf, ready }: HttpOptions): Http {
  const { metrics, pool, store, logger, stopping } = services;
  const app = fastify({
    http: {
      IncomingMessage: upgradeOnlyIf(
        (request) =>
          isWebSocketHandshake(request) &&
          pathOf(request) === '/graphql' &&
          !stopping.aborted &&
          !refusalOf(request),
      ),
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
    frameworkErrors: (error, _, reply) => void refuse(reply, refusalFor(error)),
  });
  const drain = new Drain(app.server);
  // An error event without a listener would end the process, and between two protocols nobody else listens.
  app.server.on('connection', (socket) =>
    socket.on('error', (error) => logger.debug({ err: error }, 'connection failed')),
  );
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.addHook('onRequest', async (request) => {
    const refusal = refusalOf(request.raw);
    if (refusal) throw refusal;
  });
  // Who is answered while the server stops makes no other request on this connection, which would be reset.
  app.addHook('onSend', async (_, reply) => {
    if (stopping.aborted) reply.header('connection', 'close');
  });
  takeJson(app);
  app.addHook('onResponse', async (request, reply) => {
    const path = request.routeOptions.url ?? 'other';
    metrics.requests.observe({ path, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  answerErrorsAsGraphql(app, services);

  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    // Not before the body is read: a connection that is closed with bytes unread is reset, and the answer
    // lost.
    preHandler: [refuseWhileStopping(stopping, drain), checkSearch, checkSubscriptions(guard)],
    handler: fastifyApolloHandler(apollo, {
      context: async (request) => new OperationContext(services, request.id),
    }),
  });
  app.get('/livez', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_, reply) => {
    if (stopping.aborted) return reply.code(503).send({ status: 'stopping', checks: {} });
    const checks = await ready();
    const isReady = Object.values(checks).every((state) => state === 'ok');
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ok' : 'not ready', checks });
  });
  app.get('/metrics', async (_, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.text(pool, store)),
  );
  app.get('/', async (_, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(INDEX_PAGE),
  );
  return { app, drain };
}

function correlationIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const named = request.headers[CORRELATION_HEADER];
  return typeof named === 'string' && CORRELATION_ID.test(named) ? named : randomUUID();
}

const refuseWhileStopping = (stopping: AbortSignal, drain: Drain) => async (request: FastifyRequest) => {
  if (!stopping.aborted) return;
  await drain.hold(request.raw.socket);
  const message = 'This server is stopping, and did not carry this out. Send it again in a moment.';
  throw new Refusal(503, ErrorCode.SHUTTING_DOWN, message, { 'retry-after': '1' });
};

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] as string;

/** Whatever goes wrong before GraphQL is reached has the shape of a GraphQL error too. */
function answerErrorsAsGraphql(app: FastifyInstance, { logger }: Services): void {
  /** path -> the methods that it takes */
  const methods = new Map<string, string[]>();
  app.addHook('onRoute', ({ url, method }) => {
    methods.set(url, (methods.get(url) ?? []).concat(method));
  });
  app.setNotFoundHandler((request, reply) => {
    const allowed = methods.get(pathOf(request.raw))?.join(', ');
    const what = `${request.method} ${request.url.slice(0, 200)}`;
    return refuse(
      reply,
      allowed === undefined
        ? new Refusal(404, ErrorCode.NOT_FOUND, `There is nothing at ${what}`)
        : new Refusal(405, ErrorCode.METHOD_NOT_ALLOWED, `${what}: allowed is ${allowed}`, {
            allow: allowed,
          }),
    );
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (error instanceof Refusal) return refuse(reply, error);
    if ((error.statusCode ?? 500) < 500) return refuse(reply, refusalFor(error));
    logger.error({ err: error, correlationId: request.id }, 'request failed');
    const masked = graphqlError('Internal server error', ErrorCode.INTERNAL_SERVER_ERROR, request.id);
    return reply.code(error.statusCode ?? 500).send(masked);
  });
}

function refuse(reply: FastifyReply, { statusCode, code, message, headers }: Refusal): FastifyReply {
  return reply.code(statusCode).headers(headers).send(graphqlError(message, code));
}

/** What Fastify itself refuses. */
function refusalFor({ statusCode = 400, message }: FastifyError): Refusal {
  const code =
    { 413: ErrorCode.PAYLOAD_TOO_LARGE, 415: ErrorCode.UNSUPPORTED_MEDIA_TYPE }[statusCode] ??
    ErrorCode.BAD_REQUEST;
  return new Refusal(statusCode, code, message);
}
