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

const EMPTY_LIST = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
const NO_SUCH_KEY = '<Error><Code>NoSuchKey</Code><Message>absent</Message></Error>';

/** An S3 server that keeps objects and does not look at If-None-Match, as some do. */
export async function startCarelessServer(): Promise<CarelessServer> {
  const objects = new Map<string, Buffer>();
  const server = createServer(async (incoming, answer) => {
    const [path = ''] = (incoming.url ?? '').split('?');
    const body = await buffer(incoming);
    if (incoming.method === 'PUT') objects.set(path, body);
    // Only the deletion of objects is a POST here.
    if (incoming.method === 'POST') objects.clear();
    if (incoming.url?.includes('list-type=2')) answer.end(EMPTY_LIST);
    else if (incoming.method !== 'GET') answer.end();
    else if (objects.has(path)) answer.end(objects.get(path));
    else answer.writeHead(404).end(NO_SUCH_KEY);
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
