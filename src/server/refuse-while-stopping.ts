import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ErrorCode } from '../graphql/errors';
import type { Drain } from './drain';
import { Refusal } from './refusal';

/** Has every answer of a server that stops close its connection: a further request on it would be reset. */
export function closeConnectionsWhileStopping(app: FastifyInstance, stopping: AbortSignal): void {
  app.addHook('onSend', async (_, reply) => {
    if (stopping.aborted) reply.header('connection', 'close');
  });
}

/** @returns a hook that refuses requests while the server stops, once nobody listens any more */
export function refuseWhileStopping(stopping: AbortSignal, drain: Drain) {
  return async (request: FastifyRequest): Promise<void> => {
    if (!stopping.aborted) return;
    await drain.hold(request.raw.socket);
    const message = 'This server is stopping, and did not carry this out. Send it again in a moment.';
    throw new Refusal(503, ErrorCode.SHUTTING_DOWN, message, { 'retry-after': '1' });
  };
}
