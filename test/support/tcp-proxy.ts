import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server, so that a test can cut what runs through it. */
export class TcpProxy {
  /** where clients connect; stays the same */
  port = 0;
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly host: string,
    private targetPort: number,
  ) {}

  static async open(host: string, targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(host, targetPort);
    await proxy.listen();
    return proxy;
  }

  /** Takes connections again after `refuse`. */
  async listen(): Promise<void> {
    this.server = createServer((client) => this.join(client)).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Sends new connections elsewhere. */
  retarget(port: number): void {
    this.targetPort = port;
  }

  /** Cuts every connection once. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Passes nothing on any more, and keeps every connection open. */
  stall(): void {
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  /** Cuts every connection and takes no new ones. */
  async refuse(): Promise<void> {
    const closed = this.server && once(this.server, 'close');
    this.server?.close();
    this.cut();
    await closed;
    this.server = undefined;
  }

  async close(): Promise<void> {
    await this.refuse();
  }

  private join(client: Socket): void {
    const target = connect(this.targetPort, this.host);
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
