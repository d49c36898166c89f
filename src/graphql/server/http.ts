import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { OperationContext, type Services } from '../context';
import { ErrorCode } from '../errors';
import { LIMITS } from '../limits';
import { INDEX_PAGE } from './index-page';

export interface HttpOptions {
  apollo: ApolloServer<OperationContext>;
  services: Services;
  /** what the process needs -> 'ok', or what is wrong with it */
  ready: () => Promise<Record<string, string>>;
}

/** A client may name its request, so that one id runs through its own logs and ours. */
const CORRELATION_HEADER = 'x-correlation-id';
const CORRELATION_ID = /^[\w.:-]{1,100}$/;

/** All routes, not listening yet. */
export function createHttp({ apollo, services, ready }: HttpOptions): FastifyInstance {
  const { metrics, pool, store } = services;
  const app = fastify({
    bodyLimit: LIMITS.bodyBytes,
    requestTimeout: LIMITS.requestMs,
    forceCloseConnections: 'idle',
    requestIdHeader: false,
    genReqId: correlationIdOf,
  });
  app.removeContentTypeParser('text/plain');
  app.addHook('onResponse', async (request, reply) => {
    const path = request.routeOptions.url ?? 'other';
    metrics.requests.observe({ path, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  answerErrorsAsGraphql(app, services);

  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    // The handler builds a URL from the Host header, and a garbled one is the client's mistake.
    onRequest: async (request) => {
      if (!URL.canParse(`http://${request.hostname}/`)) throw badHost();
    },
    handler: fastifyApolloHandler(apollo, {
      context: async (request) => new OperationContext(services, request.id),
    }),
  });
  app.get('/livez', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_, reply) => {
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
  return app;
}

function correlationIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const named = request.headers[CORRELATION_HEADER];
  return typeof named === 'string' && CORRELATION_ID.test(named) ? named : randomUUID();
}

/** Whatever goes wrong before GraphQL is reached has the shape of a GraphQL error too. */
function answerErrorsAsGraphql(app: FastifyInstance, { logger }: Services): void {
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send(graphqlError(`There is nothing at ${request.method} ${request.url.slice(0, 200)}`, 'NOT_FOUND')),
  );
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send(graphqlError(error.message, codeOf(status)));
    logger.error({ err: error, correlationId: request.id }, 'request failed');
    const masked = graphqlError('Internal server error', ErrorCode.INTERNAL_SERVER_ERROR, request.id);
    return reply.code(status).send(masked);
  });
}

const codeOf = (status: number): string =>
  status === 413 ? ErrorCode.PAYLOAD_TOO_LARGE : ErrorCode.BAD_REQUEST;

const graphqlError = (message: string, code: string, correlationId?: string) => ({
  errors: [{ message, extensions: { code, correlationId } }],
});

const badHost = (): Error => Object.assign(new Error('The Host header is no host name'), { statusCode: 400 });
