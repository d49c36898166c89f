import type { RawData, WebSocket } from 'ws';
import { LIMITS } from '../graphql/limits';
import { parseJson } from './json';
import { graphqlError, Refusal } from './refusal';

export const BAD_REQUEST = 4400;
/** bytes of a close reason; `ws` throws on a longer one */
const REASON_BYTES = 123;
/** The types of message that a client may send. graphql-ws throws on those of a server. */
const OF_CLIENTS = new Set(['connection_init', 'ping', 'pong', 'subscribe', 'complete']);

/** Every push carries the id. */
export const LONG_ID = `The id of an operation has at most ${LIMITS.operationIdLength} characters`;

/** Thrown for a message: it closes the connection, with this reason. */
export class SocketRefusal extends Error {
  constructor(readonly reason: string) {
    super(reason);
  }
}

/** A connection, as far as a message that is refused needs it. */
interface Answering {
  close(code: number, reason: string): void;
  send(message: string): Promise<void>;
}

/** Closes with a reason, cut to the length that is allowed. */
export function closeWith(socket: WebSocket, code: number, reason: string): void {
  let short = reason.slice(0, REASON_BYTES);
  while (Buffer.byteLength(short) > REASON_BYTES) short = short.slice(0, -1);
  socket.close(code, short);
}

/**
 * Parses a message of a client for graphql-ws. A problem of one operation is answered as that operation's
 * error, and leaves the others alone. Text that is no message closes the connection.
 * @returns undefined for a message that was answered here
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

/** The id of the operation that a refused message would start. */
function idOfOperation(text: string): string | undefined {
  try {
    const { type, id } = JSON.parse(text) as { type?: unknown; id?: unknown };
    return type === 'subscribe' && typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}
