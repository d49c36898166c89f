import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

/** Who was heard of within this time may be about to send its next request. */
const RECENT_MS = 400;
const UNDER_WAY = Number.POSITIVE_INFINITY;
const RECONNECT_MS = 100;
const LOOK_EVERY_MS = 10;
/** How long a server that stops goes on listening. */
const QUIET_WITHIN_MS = 3_000;

/**
 * The open connections of a server, and how they end without a reset: a client whose connection is closed
 * under a request cannot know whether that was carried out. So a server that stops goes on listening until
 * nobody is likely to have a request on its way. Whoever comes meanwhile waits for its refusal until nobody
 * listens: it would only connect again.
 */
export class Drain {
  /**
   * when each was opened or got its last answer, or UNDER_WAY; those that wait for their refusal are not
   * among them
   */
  private readonly heardOf = new Map<Socket, number>();
  /** when the last connection ended: its client may be opening the next one */
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

  /** For a connection whose request will be refused: resolves when nobody listens any more. */
  hold(socket: Socket): Promise<void> {
    this.heardOf.delete(socket);
    return this.released;
  }

  /** @param close closes the server; what it returns is not waited for before those who wait are answered */
  async end(close: () => Promise<unknown>): Promise<void> {
    const end = performance.now() + QUIET_WITHIN_MS;
    while (performance.now() < end && !this.isQuiet()) await delay(LOOK_EVERY_MS);
    const closed = close();
    while (this.server.listening) await nextTurn();
    this.release();
    // A connection whose last answer goes out after this moment would stay open for as long as its client
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
