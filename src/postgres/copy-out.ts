import type { Duplex } from 'node:stream';
import type { ClientBase, Connection } from 'pg';

/** Takes what a COPY sends: the bytes of the protocol, messages and all. */
export interface CopySink {
  /** Adds what came next. `chunk` is the socket's; it is to be copied. */
  add(chunk: Buffer): void;
  /** Finds what may be taken of that. @returns false when more has to come first, or there is no more */
  find(): boolean;
  /** undefined: there may be more; otherwise the bytes behind the rows, beginning with a whole message */
  rest: Buffer | undefined;
}

/**
 * Runs a `COPY ... TO STDOUT` straight from the socket of a connection into a sink: without an object, a copy
 * or an event for each of its rows, which would take longer than all that is done with them.
 * @yields when the sink has found something; nothing is added to it until more is asked for
 * @throws DatabaseError; Error when the connection ends. A COPY that was not read to its end goes on: the
 *   connection is to be closed then
 */
export async function* copyOut(client: ClientBase, sql: string, sink: CopySink): AsyncGenerator<void> {
  const copy = new Copy(sql, sink);
  client.query(copy);
  while (sink.rest === undefined) {
    if (sink.find()) {
      copy.pause();
      yield;
      copy.resume();
    } else if (sink.rest === undefined) await copy.more();
  }
  await copy.end(sink.rest);
}

/** A query of node-postgres that reads the socket itself until its rows have come. */
class Copy {
  private socket: Duplex | undefined;
  /** node-postgres' own */
  private reader: ((chunk: Buffer) => void) | undefined;
  private failure: Error | undefined;
  private isReady = false;
  private wake: () => void = () => {};

  constructor(
    private readonly sql: string,
    private readonly sink: CopySink,
  ) {}

  pause(): void {
    this.socket?.pause();
  }

  resume(): void {
    this.socket?.resume();
  }

  /** Resolves when something was added. */
  async more(): Promise<void> {
    this.check();
    await this.woken();
    this.check();
  }

  /** Has node-postgres read on from some bytes. Resolves when the connection is ready for the next query. */
  async end(rest: Buffer): Promise<void> {
    const { socket, reader } = this;
    if (socket && reader) {
      socket.off('data', this.add);
      socket.on('data', reader);
      reader(Buffer.from(rest));
    }
    while (!this.isReady) await this.more();
  }

  submit(connection: Connection): void {
    const { stream } = connection;
    [this.reader] = stream.listeners('data') as [(chunk: Buffer) => void];
    this.socket = stream;
    stream.on('data', this.add);
    stream.off('data', this.reader);
    connection.query(this.sql);
  }

  handleError(error: Error): void {
    this.failure = error;
    this.wake();
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.isReady = true;
    this.wake();
  }

  private readonly add = (chunk: Buffer): void => {
    this.sink.add(chunk);
    this.wake();
  };

  private woken(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private check(): void {
    if (this.failure) throw this.failure;
  }
}
