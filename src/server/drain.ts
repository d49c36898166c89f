import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

/** A client that was heard of within this time may be about to send its next request. */
const RECENT_MS = 400;
const UNDER_WAY = Number.POSITIVE_INFINITY;
/** A client whose connection ended within this time may be opening the next one. */
const RECONNECT_MS = 100;
const LOOK_EVERY_MS = 10;
/** How long a server that stops goes on listening. */
const QUIET_WITHIN_MS = 3_000;

/**
 * Ends a server's connections without resetting one that has a request under way: its client could not know
 * whether the request was carried out. So a server that stops goes on listening until no client is likely to
 * have a request on its way. A request that comes meanwhile gets its refusal when the server has stopped
 * listening: sooner, its client would connect again at once.
 */
export class Drain {
  /** when each connection was opened or last answered, or UNDER_WAY; without those that wait for a refusal */
  private readonly heardOf = new Map<Socket, number>();
  /** when the last connection ended */
  private lastLeft = Number.NEGATIVE_INFINITY;
  private release = () => {};
  private readonly released = new Promise<void>((resolve) => {
    this.release = resolve;
  });

  constructor(private readonly server: Server) {
    const hear = (socket: Socket) => this.heardOf.set(socket, performance.now());
    server.on('connection', (socket) => {
      hear(socket);
      socket.once('close', () => {
        this.heardOf.delete(socket);
        this.lastLeft = performance.now();
      });
    });
    server.prependListener('request', ({ socket }, response) => {
      this.heardOf.set(socket, UNDER_WAY);
      response.once('close', () => {
        if (this.heardOf.has(socket)) hear(socket);
      });
    });
  }

  /** For a connection whose request will be refused. Resolves when the server listens no longer. */
  hold(socket: Socket): Promise<void> {
    this.heardOf.delete(socket);
    return this.released;
  }

  /** @param close closes the server: stops listening at once, and resolves when all connections are closed */
  async end(close: () => Promise<unknown>): Promise<void> {
    const end = performance.now() + QUIET_WITHIN_MS;
    while (performance.now() < end && !this.isQuiet()) await delay(LOOK_EVERY_MS);
    const closed = close();
    while (this.server.listening) await nextTurn();
    this.release();
    // A connection that gets its last answer after this moment would else stay open as long as its client
    // likes.
    const sweep = setInterval(() => this.server.closeIdleConnections(), LOOK_EVERY_MS);
    await closed.finally(() => clearInterval(sweep));
  }

  private isQuiet(): boolean {
    const now = performance.now();
    if (now - this.lastLeft < RECONNECT_MS) return false;
    for (const at of this.heardOf.values()) if (now - at < RECENT_MS) return false;
    return true;
  }
}
