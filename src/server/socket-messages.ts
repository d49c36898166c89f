import type { RawData, WebSocket } from 'ws';
import { LIMITS } from '../graphql/limits';
import { parseJson } from './json';
import { graphqlError, Refusal } from './refusal';

const BAD_REQUEST = 4400;
/** bytes of a close reason; `ws` throws above it */
const REASON_BYTES = 123;
/** What a client may send. graphql-ws throws for what only a server does. */
const OF_CLIENTS = new Set(['connection_init', 'ping', 'pong', 'subscribe', 'complete']);

/** Every push carries the id. */
export const LONG_ID = `The id of an operation has at most ${LIMITS.operationIdLength} characters`;

/** What a message is answered on before an operation runs. */
interface Answering {
  close(code: number, reason: string): void;
  send(message: string): Promise<void>;
}

/** Closes with a reason that is as long as one may be. */
export function closeWith(socket: WebSocket, code: number, reason: string): void {
  let short = reason.slice(0, REASON_BYTES);
  while (Buffer.byteLength(short) > REASON_BYTES) short = short.slice(0, -1);
  socket.close(code, short);
}

/**
 * A message of a client as graphql-ws takes it: parsed. What is wrong with one operation is its error, and
 * leaves the others alone; what is no message closes the connection.
 * @returns undefined for what is dealt with already
 */
export function readMessage(socket: Answering, data: RawData, isBinary: boolean): unknown {
  if (isBinary) return socket.close(BAD_REQUEST, 'A message is text, in UTF-8');
  const text = String(data);
  try {
    const message = parseJson(text) as { type?: unknown } | null;
    const type = message?.type;
    if (typeof type === 'string' && !OF_CLIENTS.has(type))
      return socket.close(BAD_REQUEST, `A client sends no message of type ${JSON.stringify(type)}`);
    return message;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const id = idOfOperation(text);
    if (id === undefined) return socket.close(BAD_REQUEST, error.message);
    if (id.length > LIMITS.operationIdLength) return socket.close(BAD_REQUEST, LONG_ID);
    const { errors: payload } = graphqlError(error.message, error.code);
    void socket.send(JSON.stringify({ id, type: 'error', payload }));
    return undefined;
  }
}

/** Of which operation does a refused message tell? */
function idOfOperation(text: string): string | undefined {
  try {
    const { type, id } = JSON.parse(text) as { type?: unknown; id?: unknown };
    return type === 'subscribe' && typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}
