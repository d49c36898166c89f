import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { HttpAttempt, RawAttempt, SocketAttempt } from './attempt';

/** A small store answers anything faster than this. */
const ANSWER_MS = 15_000;
/** How long a raw connection is listened to: most are answered or closed well before. */
const RAW_MS = 150;
/** Close codes that say that the server failed, and not the client. */
const SERVER_FAILED = [1011, 4500];

/** What is wrong with how the server took an attempt, in words; undefined: nothing. */
export type Fault = string | undefined;

export class Sender {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private readonly host: string;
  private readonly port: number;
  /** HTTP status or close code -> how often */
  readonly outcomes = new Map<string, number>();

  /** @param url of the server, e.g. http://127.0.0.1:4000 */
  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.host = hostname;
    this.port = Number(port);
  }

  async http(attempt: HttpAttempt): Promise<Fault> {
    const { method, path } = attempt;
    const { status, text } = await this.ask(attempt);
    this.count(`HTTP ${status}`);
    // 503 is right at /readyz while read models are behind.
    const isReadiness = path === '/readyz' && status === 503;
    if (status >= 500 && !isReadiness) return `answers ${status}: ${text.slice(0, 300)}`;
    const isGraphql = path.startsWith('/graphql') && method !== 'HEAD' && text !== '';
    return isGraphql ? faultInAnswer(text) : undefined;
  }

  private ask({ method, path, headers, body }: HttpAttempt): Promise<{ status: number; text: string }> {
    const bytes = body === undefined ? undefined : Buffer.from(body, 'latin1');
    // Node leaves the length out for DELETE, and the server then takes the body for another request.
    const length = bytes === undefined ? {} : { 'content-length': bytes.length };
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.agent,
          host: this.host,
          port: this.port,
          method,
          path,
          headers: { ...headers, ...length },
          timeout: ANSWER_MS,
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          );
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${ANSWER_MS} ms`)));
      sent.on('error', reject);
      // A server that is not asked to switch protocols must not do so.
      sent.on('upgrade', (_, socket) => {
        socket.destroy();
        reject(new Error('switched protocols without being asked to'));
      });
      sent.end(bytes);
    });
  }

  raw({ bytes, end }: RawAttempt): Promise<Fault> {
    return new Promise((resolve) => {
      const socket = connect(this.port, this.host);
      let answer = '';
      const done = () => {
        clearTimeout(timer);
        if (end === 'rst') socket.resetAndDestroy();
        else socket.destroy();
        this.count(`raw ${/^HTTP\/1\.[01] (\d+)/.exec(answer)?.[1] ?? 'without an answer'}`);
        resolve(/^HTTP\/1\.[01] 5(?!05|01)/.test(answer) ? `answers ${answer.slice(0, 300)}` : undefined);
      };
      const timer = setTimeout(done, end === 'wait' ? RAW_MS : 5);
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1');
      });
      // The server may close or reset here. Whether it lives on is checked elsewhere.
      socket.on('error', () => {});
      socket.on('close', done);
      socket.write(Buffer.from(bytes, 'latin1'));
      if (end === 'fin') socket.end();
    });
  }

  /** Sends all messages at once, then a protocol ping, and waits for its pong or for the end. */
  socket({ protocol, messages, leave }: SocketAttempt): Promise<Fault> {
    return new Promise((resolve) => {
      const url = `ws://${this.host}:${this.port}/graphql`;
      const socket = new WebSocket(url, protocol === '' ? [] : [protocol]);
      let fault: Fault;
      const finish = () => {
        clearTimeout(timer);
        resolve(fault);
      };
      const timer = setTimeout(() => {
        fault ??= `a ping had no pong within ${ANSWER_MS} ms`;
        socket.terminate();
      }, ANSWER_MS);
      socket.on('open', () => {
        for (const message of messages) socket.send(message);
        socket.ping();
      });
      socket.on('pong', () => socket[leave]());
      socket.on('message', (data) => {
        fault ??= faultInAnswer(String(data));
      });
      socket.on('unexpected-response', (_, response) => {
        this.count(`upgrade ${response.statusCode}`);
        if ((response.statusCode ?? 0) >= 500) fault ??= `upgrade answers ${response.statusCode}`;
        response.resume();
        socket.terminate();
      });
      // A connection that fails also closes.
      socket.on('error', () => {});
      socket.on('close', (code, reason) => {
        this.count(`socket ${code}`);
        if (SERVER_FAILED.includes(code)) fault ??= `closes with ${code} ${reason}`;
        finish();
      });
    });
  }

  close(): void {
    this.agent.destroy();
  }

  private count(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }
}

/** Every answer of /graphql is JSON, and none blames the server. */
function faultInAnswer(text: string): Fault {
  if (text.includes('"INTERNAL_SERVER_ERROR"')) return `fails inside: ${text.slice(0, 300)}`;
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return `answers with what is no JSON: ${text.slice(0, 300)}`;
  }
}
