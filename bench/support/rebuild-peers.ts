import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { createPool } from '../../src/postgres/pool';
import { pythonEnvironment } from '../../test/support/python/environment';
import { createDatabase } from './append-contenders';
import { orderLog } from './order-log';
import { requirePeer } from './peer';
import { startProcessorTime } from './processor-time';

/** How another library rebuilt a row an order, with lines and history, from four events an order. */
export interface PeerRebuild {
  name: string;
  eventsPerSecond: number;
  /** of its process and of PostgreSQL, microseconds an event */
  cpuMicros: number;
}

const EMMETT = '@event-driven-io/emmett-postgresql';

interface Message {
  type: string;
  data: { orderId: string; lines?: unknown[] };
  metadata: object;
}

interface OrderDocument {
  status: string;
  lines: unknown[];
  history: string[];
}

/** What this file uses of Emmett. */
interface Emmett {
  getPostgreSQLEventStore(url: string): {
    appendToStream(stream: string, events: Message[]): Promise<unknown>;
    schema: { migrate(): Promise<unknown> };
    close(): Promise<void>;
  };
  pongoSingleStreamProjection(options: {
    collectionName: string;
    canHandle: readonly string[];
    initialState: () => OrderDocument;
    evolve: (document: OrderDocument, event: Message) => OrderDocument;
  }): object;
  rebuildPostgreSQLProjections(options: { connectionString: string; projections: object[] }): {
    start(): Promise<void>;
    close(): Promise<void>;
  };
}

const TYPES = [
  'OrderPlaced',
  'OrderPaid',
  'OrderShipped',
  'OrderDelivered',
  'OrderCancelled',
  'OrderItemsReturned',
];

/** Emmett's rebuild of a document an order. @param url of a server */
export async function rebuildByEmmett(url: string, orders: number): Promise<PeerRebuild> {
  const { module, version } = requirePeer<Emmett>(EMMETT);
  return withDatabase(url, async (own, pool) => {
    const store = module.getPostgreSQLEventStore(own);
    await store.schema.migrate();
    const streams = new Map<string, Message[]>();
    for (const { stream, event } of orderLog(orders)) {
      const data = event.data as Message['data'];
      const message = { type: event.type, data, metadata: event.metadata };
      streams.set(stream, [...(streams.get(stream) ?? []), message]);
    }
    for (const [stream, messages] of streams) await store.appendToStream(stream, messages);
    await store.close();
    const projection = module.pongoSingleStreamProjection({
      collectionName: 'orders',
      canHandle: TYPES,
      initialState: () => ({ status: '', lines: [], history: [] }),
      evolve: ({ lines, history }, { type, data }) => ({
        status: type,
        lines: type === 'OrderPlaced' ? (data.lines ?? []) : lines,
        history: [...history, type],
      }),
    });
    const consumer = module.rebuildPostgreSQLProjections({
      connectionString: own,
      projections: [projection],
    });
    const processor = await startProcessorTime({ own: true, pool });
    const began = performance.now();
    await consumer.start();
    const seconds = (performance.now() - began) / 1000;
    const cpuMicros = processor.perEvent(4 * orders);
    await consumer.close();
    const { rows } = await pool.query<{ count: number }>('SELECT count(*)::int FROM orders');
    if (rows[0]?.count !== orders) throw new Error(`Emmett made ${rows[0]?.count} of ${orders} orders`);
    return { name: `emmett-postgresql ${version}`, eventsPerSecond: (4 * orders) / seconds, cpuMicros };
  });
}

/** The rebuild of a row an order by `eventsourcing` in Python. @param url of a server */
export async function rebuildByEventsourcing(url: string, orders: number): Promise<PeerRebuild> {
  const folder = join(__dirname, '../peer');
  const environment = pythonEnvironment('bench-eventsourcing', join(folder, 'requirements.txt'));
  return withDatabase(url, async (own, pool) => {
    const { hostname, port, username, password, pathname } = new URL(own);
    const run = (step: 'load' | 'rebuild') =>
      execFileSync(
        join(environment, 'bin/python'),
        [join(folder, 'rebuild_orders.py'), step, String(orders)],
        {
          encoding: 'utf8',
          env: {
            ...process.env,
            PERSISTENCE_MODULE: 'eventsourcing.postgres',
            POSTGRES_DBNAME: pathname.slice(1),
            POSTGRES_HOST: hostname,
            POSTGRES_PORT: port,
            POSTGRES_USER: username,
            POSTGRES_PASSWORD: decodeURIComponent(password),
          },
        },
      );
    run('load');
    await pool.query(
      `CREATE TABLE bench_orders (
         id uuid PRIMARY KEY, status text, revision integer, customer text, total bigint, lines text,
         history text)`,
    );
    const processor = await startProcessorTime({ pool });
    const { events, seconds, cpuSeconds } = JSON.parse(run('rebuild')) as Record<string, number>;
    if (events === undefined || seconds === undefined || cpuSeconds === undefined)
      throw new Error('rebuild_orders.py printed something else');
    const { rows } = await pool.query<{ count: number }>(
      `SELECT count(*)::int FROM bench_orders WHERE status = 'DELIVERED'`,
    );
    if (rows[0]?.count !== orders)
      throw new Error(`eventsourcing made ${rows[0]?.count} of ${orders} orders`);
    return {
      name: 'eventsourcing 9.5.6 (Python)',
      eventsPerSecond: events / seconds,
      cpuMicros: processor.perEvent(events) + (cpuSeconds * 1e6) / events,
    };
  });
}

async function withDatabase<T>(url: string, work: (url: string, pool: Pool) => Promise<T>): Promise<T> {
  const database = await createDatabase(url);
  const pool = createPool({ url: database.url, max: 1, applicationName: 'rebuild benchmark' });
  try {
    return await work(database.url, pool);
  } finally {
    await pool.end();
    await database.drop();
  }
}
