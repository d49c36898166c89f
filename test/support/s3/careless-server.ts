import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

export interface CarelessServer {
  endpoint: string;
  /** bodies of the objects by path */
  objects: Map<string, Buffer>;
  close(): Promise<void>;
}

const EMPTY_LIST = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
const PRECONDITION_FAILED = '<Error><Code>PreconditionFailed</Code><Message>there</Message></Error>';
const NO_SUCH_KEY = '<Error><Code>NoSuchKey</Code><Message>absent</Message></Error>';

/** Time between the look for an object and the write after it. */
const MOMENT_MS = 1;

/**
 * An S3 server that stores objects and ignores If-None-Match, as some do.
 * @param looks true: it looks for the object first and then writes, so that only writers at the same moment
 *   overwrite each other. Default: false
 */
export async function startCarelessServer({ looks = false } = {}): Promise<CarelessServer> {
  const objects = new Map<string, Buffer>();
  const server = createServer(async (incoming, answer) => {
    const [path = ''] = (incoming.url ?? '').split('?');
    const body = await buffer(incoming);
    if (incoming.method === 'PUT') {
      if (looks && incoming.headers['if-none-match'] && objects.has(path))
        return void answer.writeHead(412).end(PRECONDITION_FAILED);
      if (looks) await delay(MOMENT_MS);
      objects.set(path, body);
    }
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
