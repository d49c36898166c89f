import { createClient, type Client as SocketClient } from 'graphql-ws';
import type { Pool } from 'pg';
import pino from 'pino';
import { WebSocket } from 'ws';
import { createCommandContext } from '../../src/commands';
import { createPool, type PoolOptions } from '../../src/postgres/pool';
import { type Projector, startProjector } from '../../src/projections/live/store-projector';
import { ProjectionProgress } from '../../src/projections/progress/progress';
import type { Projection } from '../../src/projections/projection';
import { startHttpServer } from '../../src/server/start-http-server';
import { createTestStore, type TestStore } from './store';
import { until } from './until';

/** One answer of the API. */
export interface Answer<T> {
  status: number;
  data?: T | null;
  errors?: {
    message: string;
    path?: (string | number)[];
    extensions: { code: string; [key: string]: unknown };
  }[];
}

/** Anything a GraphQL answer can hold; a spec says what it expects by asserting it. */
// biome-ignore lint/suspicious/noExplicitAny: the answer of a query has no static type here
export type Json = any;

export interface TestApi extends Omit<TestStore, 'close'> {
  /** where it listens */
  url: string;
  /** the API's own connections: nobody else uses them */
  pool: Pool;
  progress: ProjectionProgress;
  projector: Projector;
  /** one JSON object a line */
  log: string[];
  /** Sends a query or mutation over HTTP. */
  post(query: string, variables?: object, headers?: Record<string, string>): Promise<Answer<Json>>;
  /** As `post`, and expects no errors. */
  ask(query: string, variables?: object): Promise<Json>;
  /** Opens a WebSocket of its own. */
  connect(): SocketClient;
  /** Stops the server alone. */
  stopServer(): Promise<void>;
  close(): Promise<void>;
}

export interface TestApiOptions {
  /** default: all is well */
  ready?: () => Promise<Record<string, string>>;
  reportingCurrency?: string;
  /** default: none but loopback names */
  allowedHosts?: readonly string[];
  /** of the API's own connections; default: 20 of them */
  pool?: Partial<Pick<PoolOptions, 'max' | 'waitMs'>>;
  /** what the projector here leaves to Kafka; default: nothing */
  isFedElsewhere?: (projection: Projection) => boolean;
}

/** The whole program in this process on a database of its own: store, projector, API on a free port. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const testStore = await createTestStore();
  const { database, listener, store } = testStore;
  const log: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => log.push(line) });
  const { isFedElsewhere } = options;
  const projector = startProjector({
    databaseUrl: database.url,
    pool: database.pool,
    store,
    logger,
    isFedElsewhere,
  });
  await projector.caughtUp();
  const pool = createPool({
    url: database.url,
    max: 20,
    applicationName: 'tidemark test api',
    ...options.pool,
  });
  const progress = new ProjectionProgress({ pool: database.pool, listener });
  await progress.start();
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: options.allowedHosts ?? [],
    pool,
    listener,
    store,
    progress,
    logger,
    commands: createCommandContext({ store, reportingCurrency: options.reportingCurrency }),
    ready: options.ready ?? (async () => ({ database: 'ok' })),
  });
  const clients: SocketClient[] = [];
  let stopping: Promise<void> | undefined;
  const stopServer = () => {
    stopping ??= server.stop();
    return stopping;
  };

  const post: TestApi['post'] = async (query, variables, headers) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, ...((await response.json()) as object) };
  };
  return {
    ...testStore,
    url: server.url,
    pool,
    progress,
    projector,
    log,
    post,
    async ask(query, variables) {
      const { data, errors } = await post(query, variables);
      // What the client is not told stands in the log.
      if (errors) throw new Error([JSON.stringify(errors), ...log.slice(-3)].join('\n'));
      return data;
    },
    connect() {
      const client = createClient({
        url: `${server.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
      });
      clients.push(client);
      return client;
    },
    stopServer,
    async close() {
      for (const client of clients) await client.dispose();
      await stopServer();
      await progress.stop();
      await projector.stop();
      await pool.end();
      await testStore.close();
    },
  };
}

/** A subscription as a spec reads it: one value at a time, each as soon as it is there. */
export class Subscribed<T = Json> {
  private readonly values: AsyncIterableIterator<Answer<T> | { data?: unknown }>;

  constructor(client: SocketClient, query: string, variables?: Record<string, unknown>) {
    this.values = client.iterate({ query, variables }) as AsyncIterableIterator<{ data?: unknown }>;
  }

  /** The next value. @throws when the subscription ends or fails first */
  async next(): Promise<T> {
    const { value, done } = await this.values.next();
    if (done) throw new Error('The subscription has ended');
    const { data, errors } = value as Answer<T>;
    if (errors) throw new Error(JSON.stringify(errors));
    return data as T;
  }

  async end(): Promise<void> {
    await this.values.return?.();
  }
}

/** Waits until a condition holds, for at most 20 seconds. */
export const eventually = (condition: () => boolean | Promise<boolean>): Promise<void> =>
  until(condition, String(condition), 20_000);
