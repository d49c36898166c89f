import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const CORRELATION_HEADER = 'x-correlation-id';
const CORRELATION_ID = /^[\w.:-]{1,100}$/;

/** The id that a client gave its request, so that its logs and ours share one; else a new one. */
export function correlationIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const named = request.headers[CORRELATION_HEADER];
  return typeof named === 'string' && CORRELATION_ID.test(named) ? named : randomUUID();
}
