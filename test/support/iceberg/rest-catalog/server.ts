import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from '../../../../stack/child-process';
import { restCatalogJars } from './jars';

const STARTED_WITHIN_MS = 60_000;

export interface RestCatalogServer {
  uri: string;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

/**
 * Starts Iceberg's own REST catalog server, on a free port. It has no authentication.
 * @throws Error with the end of its log
 */
export async function startRestCatalog(): Promise<RestCatalogServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-rest-'));
  const port = await freePort();
  const logFile = join(folder, 'server.log');
  const main = 'org.apache.iceberg.rest.RESTCatalogServer';
  const java = ['java', '-Xmx512m', '-XX:+UseSerialGC', '-cp', join(restCatalogJars(), '*'), main];
  const child = await startChild(java, {
    env: {
      ...process.env,
      CATALOG_CATALOG__IMPL: 'org.apache.iceberg.jdbc.JdbcCatalog',
      CATALOG_URI: `jdbc:sqlite:${join(folder, 'catalog.db')}`,
      CATALOG_JDBC_SCHEMA__VERSION: 'V1',
      CATALOG_WAREHOUSE: `file://${folder}/warehouse`,
      CATALOG_REST_PORT: String(port),
    },
    signal: 'SIGKILL',
    logFile,
  });
  const server = {
    uri: `http://127.0.0.1:${port}`,
    async stop() {
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await untilItAnswers(server.uri);
    return server;
  } catch (error) {
    const log = await readFile(logFile, 'utf8').catch(() => '');
    await server.stop();
    throw new Error(`The REST catalog did not start: ${(error as Error).message}\n${log.slice(-2_000)}`);
  }
}

async function untilItAnswers(uri: string): Promise<void> {
  for (const end = Date.now() + STARTED_WITHIN_MS; ; await delay(100)) {
    try {
      await (await fetch(`${uri}/v1/config`)).text();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await once(server.close(), 'close');
  return port;
}
