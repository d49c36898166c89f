import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ErrorCode } from '../graphql/errors';
import { LIMITS } from '../graphql/limits';
import { limitConnections } from './connections';
import type { HeldBytes, Holder } from './held-bytes';
import { Refusal, refuseOnSocket } from './refusal';

/** Bytes. Smaller requests and answers, which most are, are not counted. */
const SMALL = 16 * 1024;

/**
 * Bounds what HTTP clients make the server hold: connections of one address, bodies that stall, answers that
 * are not read.
 */
export function holdHttp(app: FastifyInstance, held: HeldBytes): void {
  const holders = new WeakMap<FastifyRequest, Holder>();

  const holderOf = (request: FastifyRequest, reply: FastifyReply): Holder => {
    const known = holders.get(request);
    if (known) return known;
    const holder = held.open(() => giveUp(request));
    reply.raw.once('close', holder.close);
    holders.set(request, holder);
    return holder;
  };

  app.addHook('preParsing', (request, reply, payload, done) => {
    const { 'content-length': length, 'transfer-encoding': chunked } = request.headers;
    if (chunked !== undefined || Number(length) > SMALL) {
      const holder = holderOf(request, reply);
      payload.on('data', (chunk: Buffer) => holder.add(chunk.length));
    }
    done(null, payload);
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    if (typeof payload === 'string' && payload.length > SMALL) holderOf(request, reply).add(payload.length);
    done(null, payload);
  });
  limitConnections(app.server, LIMITS.connectionsPerAddress);
}

function giveUp({ raw }: FastifyRequest): void {
  // A request that came whole may have been carried out by now. Its client only loses the answer.
  if (raw.complete) raw.socket.destroy();
  else refuseOnSocket(raw.socket, tooMuchHeld());
}

const tooMuchHeld = (): Refusal =>
  new Refusal(
    503,
    ErrorCode.OVERLOADED,
    'Requests that have not come whole and answers that are not read ' +
      `have more than ${LIMITS.heldBytes} bytes here: this is the largest`,
    { 'retry-after': '10' },
  );
