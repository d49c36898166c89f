import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { ErrorCode } from '../graphql/errors';
import { LIMITS } from '../graphql/limits';
import { graphqlOverSockets, type SocketOperations } from './graphql-over-sockets';
import type { HeldBytes } from './held-bytes';
import { OpenSocket } from './open-socket';
import { Refusal, refuseOnSocket } from './refusal';

const CLOSE_GRACE_MS = 2_000;
const GOING_AWAY = 1001;

export interface WebSocketOptions extends SocketOperations {
  held: HeldBytes;
}

/**
 * Serves GraphQL over WebSocket (protocol graphql-transport-ws) on the connections of an HTTP server that
 * change to it.
 * @returns `stop` closes all of them with 1001, and ends those whose clients do not close
 */
export function serveWebSocket(server: Server, options: WebSocketOptions): { stop(): Promise<void> } {
  const { held, services } = options;
  const { metrics, logger } = services;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.bodyBytes,
    autoPong: false,
    handleProtocols,
  });
  const graphql = graphqlOverSockets(options);

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (sockets.clients.size >= LIMITS.sockets) refuseOnSocket(socket, tooManySockets());
    else sockets.handleUpgrade(request, socket, head, (client) => connect(client, socket));
  };
  sockets.on('wsClientError', ({ message }, socket) =>
    refuseOnSocket(socket, new Refusal(400, ErrorCode.BAD_REQUEST, message)),
  );

  const connect = (socket: WebSocket, raw: Duplex) => {
    metrics.sockets.inc();
    const open = new OpenSocket(socket, raw, held, logger);
    const closed = graphql.opened(open, open);
    socket.once('close', (code, reason) => {
      metrics.sockets.dec();
      closed(code, String(reason)).catch((error: unknown) => {
        logger.error({ err: error }, 'WebSocket could not be closed cleanly');
      });
    });
  };

  server.on('upgrade', onUpgrade);
  return {
    async stop() {
      server.off('upgrade', onUpgrade);
      for (const client of sockets.clients) client.close(GOING_AWAY, 'The server is stopping');
      const allClosed = new Promise<void>((resolve) => sockets.close(() => resolve()));
      const grace = new AbortController();
      await Promise.race([allClosed, delay(CLOSE_GRACE_MS, undefined, { signal: grace.signal })]);
      grace.abort();
      for (const client of sockets.clients) client.terminate();
      await allClosed;
    },
  };
}

function tooManySockets(): Refusal {
  const message = `This server keeps at most ${LIMITS.sockets} connections open`;
  return new Refusal(503, ErrorCode.OVERLOADED, message, { 'retry-after': '10' });
}
