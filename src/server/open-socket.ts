import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { LIMITS } from '../graphql/limits';
import type { HeldBytes, Holder } from './held-bytes';
import { pingRegularly } from './ping-regularly';
import { BAD_REQUEST, closeWith, readMessage, SocketRefusal } from './socket-messages';

const CLOSE_GRACE_MS = 1_000;
/** What a message takes beside its text while it waits to be written. */
const MESSAGE_BYTES = 1_024;
/** What the work for a message takes beside its text. A subscription has a context, a stream and timers. */
const WORK_BYTES = 6 * 1_024;
/** Characters. A ping is a sign of life, and what it carries is only sent back. */
const LONGEST_PING = 1_024;
/** Bytes of a client's frame around a short payload. */
const FRAME_BYTES = 6;

const NORMAL_CLOSURE = 1000;
const INTERNAL_ERROR = 4500;
const POLICY_VIOLATION = 1008;

type Handle = (message: string) => Promise<void>;

/**
 * One WebSocket as graphql-ws uses it. Counts the bytes that its client makes the server hold: messages
 * that have not come whole, operations that run, and answers that are not read. A client that sends pings all
 * the time does not get around that.
 */
export class OpenSocket {
  readonly protocol: string;
  private readonly holder: Holder;
  /** messages whose work is not done, or whose answer is not written */
  private running = 0;
  /** bytes received of a message that has not come whole */
  private partialBytes = 0;
  private isGivenUp = false;

  /** @param raw the TCP connection */
  constructor(
    private readonly socket: WebSocket,
    raw: Duplex,
    held: HeldBytes,
    private readonly logger: Logger,
  ) {
    this.protocol = socket.protocol;
    this.holder = held.open(() => this.giveUp());
    // The library itself closes a connection for a message above the limit or a broken frame.
    socket.on('error', (error) => logger.debug({ err: error }, 'WebSocket failed'));
    // Counted before the library sees the bytes, which may make it announce a whole message.
    raw.prependListener('data', (chunk: Buffer) => this.receive(chunk.length));
    socket.on('ping', (data) => this.answerPing(data));
    socket.on('pong', (data) => this.forgetFrame(data));
    const stopPinging = pingRegularly(socket);
    socket.once('close', () => {
      stopPinging();
      this.holder.close();
    });
  }

  /** How many messages are at work, the one that asks included. */
  get operations(): number {
    return this.running;
  }

  /** Resolves when the message is on its way. So a client that does not read is sent nothing more. */
  async send(data: string): Promise<void> {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return;
    const bytes = data.length + MESSAGE_BYTES;
    this.hold(bytes);
    await new Promise<void>((resolve) => {
      // An error means that the connection is gone, which `close` tells.
      socket.send(data, () => resolve());
    });
    this.hold(-bytes);
  }

  async onPing(payload?: Record<string, unknown>): Promise<void> {
    const pong = JSON.stringify({ type: 'pong', payload });
    if (pong.length > LONGEST_PING)
      throw new SocketRefusal(`A ping carries at most ${LONGEST_PING} characters`);
    await this.send(pong);
  }

  onMessage(handle: Handle): void {
    this.socket.on('message', (data: Buffer, isBinary) => void this.handle(handle, data, isBinary));
  }

  /** Ends the connection after a moment, even if the client does not close its side. */
  close(code = NORMAL_CLOSURE, reason = ''): void {
    closeWith(this.socket, code, reason);
    setTimeout(() => this.socket.terminate(), CLOSE_GRACE_MS).unref();
  }

  private async handle(handle: Handle, data: Buffer, isBinary: boolean): Promise<void> {
    this.hold(-this.partialBytes);
    this.partialBytes = 0;
    const bytes = data.length + WORK_BYTES;
    this.hold(bytes);
    this.running += 1;
    try {
      const message = readMessage(this, data, isBinary);
      // Its types ask for text, but the library hands on what is parsed already.
      if (message !== undefined) await handle(message as string);
    } catch (error) {
      this.refuse(error as Error);
    } finally {
      this.running -= 1;
      this.hold(-bytes);
    }
  }

  private refuse(error: Error): void {
    if (error instanceof SocketRefusal) {
      this.close(BAD_REQUEST, error.message);
      return;
    }
    this.logger.error({ err: error }, 'WebSocket message failed');
    this.close(INTERNAL_ERROR, 'Internal server error');
  }

  private receive(bytes: number): void {
    this.partialBytes += bytes;
    this.hold(bytes);
  }

  private hold(bytes: number): void {
    this.holder.add(bytes);
    if (this.holder.bytes > LIMITS.heldBytesPerSocket) this.giveUp();
  }

  private giveUp(): void {
    if (this.isGivenUp) return;
    this.isGivenUp = true;
    this.holder.close();
    this.logger.warn({ heldBytes: this.holder.bytes, operations: this.running }, 'WebSocket given up');
    this.close(
      POLICY_VIOLATION,
      'Answers are not read, or messages not ended: too many bytes are held for you',
    );
    // A client that does not read would not read the reason either, and would keep the connection.
    if (this.socket.bufferedAmount > MESSAGE_BYTES) this.socket.terminate();
  }

  /** One pong may answer several pings, so no pong has to wait behind what the client does not read. */
  private answerPing(data: Buffer): void {
    this.forgetFrame(data);
    const { socket } = this;
    if (socket.readyState === socket.OPEN && socket.bufferedAmount === 0) socket.pong(data);
  }

  private forgetFrame(data: Buffer): void {
    const bytes = Math.min(data.length + FRAME_BYTES, this.partialBytes);
    this.partialBytes -= bytes;
    this.hold(-bytes);
  }
}
