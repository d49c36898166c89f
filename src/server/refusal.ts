import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ErrorCode } from '../graphql/errors';

/**
 * Why a request is refused before GraphQL is reached: a status of HTTP, a code, and a text for the client.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  /** @param headers further headers of the answer, with names in lower case */
  constructor(
    readonly statusCode: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** Every refusal has the shape of a GraphQL answer. */
export const graphqlError = (message: string, code: string, correlationId?: string) => ({
  errors: [{ message, extensions: { code, correlationId } }],
});

/** Writes a refusal to a connection for which Node has made no response object, and ends the connection. */
export function refuseOnSocket(socket: Duplex, { statusCode, code, message, headers }: Refusal): void {
  const body = JSON.stringify(graphqlError(message, code));
  const head = {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  // Without this a client that never closes its side would keep the connection.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${statusCode} Refused\r\n${lines.join('')}\r\n${body}`);
}

/**
 * Answers what Node could not parse as a request. Says nothing where the client is gone, or an answer is
 * under way already.
 */
export function refuseUnreadable(
  error: NodeJS.ErrnoException,
  socket: Socket & { _httpMessage?: unknown },
): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket._httpMessage) socket.destroy();
  else refuseOnSocket(socket, unreadable(error.code));
}

function unreadable(code = ''): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Refusal(431, ErrorCode.HEADERS_TOO_LARGE, 'The headers have more than 16 KB');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Refusal(408, ErrorCode.REQUEST_TIMEOUT, 'The request did not arrive whole in time');
    default:
      return new Refusal(400, ErrorCode.BAD_REQUEST, `This is no HTTP/1.1 request (${code})`);
  }
}
