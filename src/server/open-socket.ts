import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { LIMITS } from '../graphql/limits';
import type { HeldBytes, Holder } from './held-bytes';
import { closeWith, readMessage } from './socket-messages';

const PING_MS = 15_000;
const CLOSE_GRACE_MS = 1_000;
/** What a message takes beside its text while it waits to be written. */
const MESSAGE_BYTES = 1_024;
/** What the work for a message takes beside its text: a subscription has a context, a stream and timers. */
const WORK_BYTES = 6 * 1_024;
/** A ping is a sign of life: what it carries is sent back, and no more than that needs. */
const LONGEST_PING = 1_024;
/** Bytes of a frame of a client that are not its payload, where that is short. */
const FRAME_BYTES = 6;

const NORMAL_CLOSURE = 1000;
const BAD_REQUEST = 4400;
const INTERNAL_ERROR = 4500;
const POLICY_VIOLATION = 1008;

/** Closes the connection that throws it, with this reason. */
export class SocketRefusal extends Error {
  constructor(readonly reason: string) {
    super(reason);
  }
}

type Handle = (message: string) => Promise<void>;

/**
 * One WebSocket as graphql-ws uses it, and what it may make the server hold: messages that have not come
 * whole, operations that run, and answers that the client does not read. All of them count as long as they
 * are there, whatever the client says meanwhile.
 */
export class OpenSocket {
  readonly protocol: string;
  private readonly holder: Holder;
  /** messages whose work is not done, or whose answer is not written */
  private running = 0;
  /** received of a message that is not whole */
  private partialBytes = 0;
  private isGivenUp = false;

  /** @param raw the connection below */
  constructor(
    private readonly socket: WebSocket,
    raw: Duplex,
    held: HeldBytes,
    private readonly logger: Logger,
  ) {
    this.protocol = socket.protocol;
    this.holder = held.open(() => this.giveUp());
    // A message above the limit or a broken frame: the library closes the connection itself.
    socket.on('error', (error) => logger.debug({ err: error }, 'WebSocket failed'));
    // Before the library takes the bytes, so that they are there when it says that a message is whole.
    raw.prependListener('data', (chunk: Buffer) => this.receive(chunk.length));
    socket.on('ping', (data) => this.answerPing(data));
    const stopPinging = this.pingRegularly();
    socket.once('close', () => {
      stopPinging();
      this.holder.close();
    });
  }

  /** How many messages are at work, that which is being looked at included. */
  get operations(): number {
    return this.running;
  }

  /** Resolves when the message is on its way: a client that does not read is sent nothing more. */
  async send(data: string): Promise<void> {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return;
    const bytes = data.length + MESSAGE_BYTES;
    this.hold(bytes);
    await new Promise<void>((resolve) => {
      // An error says that the connection is gone, and that is heard of elsewhere.
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

  /** A client that does not end its side is not waited for. */
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
      // The library hands on what is parsed already, whatever its types say.
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
    // Who does not read does not read the reason either, and would keep the connection.
    if (this.socket.bufferedAmount > MESSAGE_BYTES) this.socket.terminate();
  }

  /** Several pings may be answered by one pong: none waits behind what the client does not read. */
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

  /**
   * A connection whose other end is gone, or does not read, is noticed when it no longer answers. What it has
   * to answer is not to be guessed: else a client that reads nothing could say all the time that it is there.
   */
  private pingRegularly(): () => void {
    const { socket } = this;
    let expected: Buffer | undefined;
    let unread = 0;
    socket.on('pong', (data) => {
      this.forgetFrame(data);
      if (expected?.equals(data)) expected = undefined;
    });
    const timer = setInterval(() => {
      // The ping stands behind what is not read yet: a client that reads is waited for.
      const isReading = socket.bufferedAmount < unread;
      unread = socket.bufferedAmount;
      if (expected && !isReading) socket.terminate();
      if (expected) return;
      expected = randomBytes(8);
      socket.ping(expected);
    }, PING_MS);
    return () => clearInterval(timer);
  }
}
