import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface CarelessServer {
  endpoint: string;
  /** by path */
  objects: Map<string, Buffer>;
  close(): Promise<void>;
}

/** An S3 server that keeps objects and does not look at If-None-Match, as some do. */
export async function startCarelessServer(): Promise<CarelessServer> {
  const objects = new Map<string, Buffer>();
  const server = createServer(async (incoming, answer) => {
    const [path = ''] = (incoming.url ?? '').split('?');
    const body = await buffer(incoming);
    if (incoming.method === 'PUT') objects.set(path, body);
    // Only the deletion of objects is a POST here.
    if (incoming.method === 'POST') objects.clear();
    answer.end(incoming.method === 'GET' ? objects.get(path) : undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    async close() {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
  };
}
