import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { ErrorCode } from '../graphql/errors';
import { graphqlError, Refusal } from './refusal';

/** Answers in the shape of a GraphQL error whatever goes wrong before GraphQL is reached. */
export function answerErrorsAsGraphql(app: FastifyInstance, logger: Logger): void {
  answerWhatIsNotFound(app);
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (error instanceof Refusal) return refuse(reply, error);
    if ((error.statusCode ?? 500) < 500) return refuse(reply, refusalFor(error));
    logger.error({ err: error, correlationId: request.id }, 'request failed');
    const masked = graphqlError('Internal server error', ErrorCode.INTERNAL_SERVER_ERROR, request.id);
    return reply.code(error.statusCode ?? 500).send(masked);
  });
}

/** Fastify's option `frameworkErrors`: what it refuses before it has found a route. */
export function answerFrameworkError(error: FastifyError, _request: unknown, reply: FastifyReply): void {
  void refuse(reply, refusalFor(error));
}

/** 405 for a path that takes other methods, and 404 for every other path. */
function answerWhatIsNotFound(app: FastifyInstance): void {
  /** path -> the methods that it takes */
  const methods = new Map<string, string[]>();
  app.addHook('onRoute', ({ url, method }) => {
    methods.set(url, (methods.get(url) ?? []).concat(method));
  });
  app.setNotFoundHandler((request, reply) => {
    const allowed = methods.get(pathOf(request.raw))?.join(', ');
    const what = `${request.method} ${request.url.slice(0, 200)}`;
    if (allowed === undefined)
      return refuse(reply, new Refusal(404, ErrorCode.NOT_FOUND, `There is nothing at ${what}`));
    const message = `${what}: allowed is ${allowed}`;
    return refuse(reply, new Refusal(405, ErrorCode.METHOD_NOT_ALLOWED, message, { allow: allowed }));
  });
}

/** The path of a request, without its query string. */
export const pathOf = ({ url = '' }: { url?: string }): string => url.split('?', 1)[0] as string;

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
