import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * What happens to a request:
 * - `lostAnswer`: the server carries it out, and the connection is cut before the answer
 * - `cut`: the connection is cut in the middle of the request's body; the server does not get the request
 * - `silence`: it is never answered; the server does not get it
 * - `slowDown`, `internalError`, `conflict`, `noSuchUpload`, `noSuchBucket`: 503, 500, 409 and 404 in AWS's
 *   words; the server does not get the request
 * - `truncated`: the server carries it out, and half of the answer's body comes back
 */
export type Fault =
  | 'lostAnswer'
  | 'cut'
  | 'silence'
  | 'slowDown'
  | 'internalError'
  | 'conflict'
  | 'noSuchUpload'
  | 'noSuchBucket'
  | 'truncated';

const REFUSALS: Partial<Record<Fault, [status: number, code: string]>> = {
  slowDown: [503, 'SlowDown'],
  internalError: [500, 'InternalError'],
  conflict: [409, 'ConditionalRequestConflict'],
  noSuchUpload: [404, 'NoSuchUpload'],
  noSuchBucket: [404, 'NoSuchBucket'],
};

/** A proxy before an S3 server that makes the faults that a test plans. */
export class FaultProxy {
  /** every request that came, such as `PUT /lake/key?partNumber=1` */
  readonly seen: string[] = [];
  /** how long every request takes at least; milliseconds */
  delayMs = 0;
  /** Called with each request, as in `seen`, when it comes (1) and when it is answered (-1). */
  watch: (request: string, change: 1 | -1) => void = () => {};
  /** Called with each request that loses its answer, when the server has carried it out or never will. */
  onFault: (request: string) => void = () => {};
  private plan: (request: string) => Fault | undefined = () => undefined;
  private readonly target: URL;
  private readonly server: Server;

  private constructor(endpoint: string) {
    this.target = new URL(endpoint);
    this.server = createServer((incoming, answer) => {
      this.serve(incoming, answer).catch(() => answer.destroy());
    });
  }

  static async open(endpoint: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(endpoint);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The first requests that match get these faults, one each; all others pass. */
  spoil(matching: RegExp, ...faults: Fault[]): void {
    this.plan = (line) => (matching.test(line) ? faults.shift() : undefined);
  }

  /** Every request that matches gets the fault. */
  spoilAll(matching: RegExp, fault: Fault): void {
    this.plan = (line) => (matching.test(line) ? fault : undefined);
  }

  heal(): void {
    this.plan = () => undefined;
    this.seen.length = 0;
  }

  async close(): Promise<void> {
    const closed = once(this.server.close(), 'close');
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const line = `${incoming.method} ${incoming.url}`;
    this.seen.push(line);
    this.watch(line, 1);
    answer.once('close', () => this.watch(line, -1));
    await delay(this.delayMs);
    const fault = this.plan(line);
    if (fault === 'cut') {
      incoming.once('data', () => incoming.destroy());
      return;
    }
    const body = await buffer(incoming);
    if (fault === 'silence') return this.onFault(line);
    const refusal = fault && REFUSALS[fault];
    if (refusal) {
      const [status, code] = refusal;
      answer.writeHead(status, { 'content-type': 'application/xml' });
      answer.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>spoilt</Message></Error>`);
      return;
    }
    await this.forward(incoming, body, answer, fault);
  }

  private async forward(
    incoming: IncomingMessage,
    body: Buffer,
    answer: ServerResponse,
    fault?: Fault,
  ): Promise<void> {
    const { hostname, port } = this.target;
    const onward = request({
      hostname,
      port,
      method: incoming.method,
      path: incoming.url,
      headers: incoming.headers,
      agent: false,
    });
    onward.end(body);
    const [reply] = (await once(onward, 'response')) as [IncomingMessage];
    const content = await buffer(reply);
    if (fault === 'lostAnswer') {
      this.onFault(`${incoming.method} ${incoming.url}`);
      answer.destroy();
      return;
    }
    answer.writeHead(reply.statusCode ?? 500, reply.headers);
    if (fault !== 'truncated') answer.end(content);
    else answer.write(content.subarray(0, content.length / 2), () => answer.destroy());
  }
}
