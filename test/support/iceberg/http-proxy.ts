import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';

/**
 * What becomes of a request. `done, then ...`: the server carries it out and its answer is lost. Otherwise it
 * is not passed on, and gets a status, or no answer at all.
 */
export type HttpFault = 'done, then cut' | 'done, then 500' | 'silence' | number;

export interface HttpProxy {
  uri: string;
  /** one for each request that `matches`; later requests pass */
  faults: HttpFault[];
  /** runs before each fault: what another client does meanwhile */
  beforeFault: () => Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts an HTTP proxy that makes planned faults.
 * @param matches tells by method and path which requests get a fault
 * @param watch gets the headers of every request
 */
export async function startHttpProxy(
  target: string,
  matches: (method: string, path: string) => boolean,
  watch: (headers: IncomingHttpHeaders) => void = () => {},
): Promise<HttpProxy> {
  const server = createServer(async (incoming, outgoing) => {
    watch(incoming.headers);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = '', url = '' } = incoming;
    const fault = matches(method, url) ? proxy.faults.shift() : undefined;
    if (fault !== undefined) await proxy.beforeFault();
    if (fault === 'silence') return;
    if (typeof fault === 'number') {
      outgoing.writeHead(fault).end();
      return;
    }
    const headers = { ...incoming.headers, host: new URL(target).host };
    const forwarded = request(target + url, { method, headers }, (answer) => {
      if (fault === undefined) {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
        return;
      }
      answer.resume().on('end', () => {
        if (fault === 'done, then cut') outgoing.destroy();
        else outgoing.writeHead(500).end();
      });
    });
    forwarded.on('error', () => outgoing.destroy());
    forwarded.end(Buffer.concat(chunks));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const proxy: HttpProxy = {
    uri: `http://127.0.0.1:${port}`,
    faults: [],
    beforeFault: async () => {},
    async stop() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
  return proxy;
}
