import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store';
import {
  type ImportEnvironment,
  type ImportOptions,
  importOrders,
} from '../../src/ingest/orders/import-orders';
import type { ImportReport } from '../../src/ingest/orders/report';
import type { TestDatabase } from './database';
import { createTestStore } from './store';

export const ORDER_COLUMNS =
  'order_id,ordered_at,customer_id,country,currency,product_id,product_name,category,unit_price,quantity';

/** An order file of these rows. */
export const csv = (...lines: string[]): string => `${[ORDER_COLUMNS, ...lines].join('\n')}\n`;

/** What a dry run would place first: total and currency by id. */
export const totals = ({ preview }: ImportReport): Record<string, string> =>
  Object.fromEntries((preview?.first ?? []).map(({ id, total, currency }) => [id, `${total} ${currency}`]));

/** A store of its own to import into, and a folder for the files. */
export interface ImportTest {
  database: TestDatabase;
  store: EventStore;
  folder: string;
  /** Writes a file and returns its path. */
  write(content: string | Buffer, name?: string): Promise<string>;
  /** Imports a file. */
  file(options: ImportOptions, environment?: Partial<ImportEnvironment>): Promise<ImportReport>;
  /** Imports one file of these rows. */
  lines(lines: string[], options?: Partial<ImportOptions>): Promise<ImportReport>;
  /** Imports one file of these rows, and returns every rejected one as `row id reason`. */
  rejectedRows(lines: string[], options?: Partial<ImportOptions>): Promise<string[]>;
  /** The whole log but the settings, oldest first. */
  log(): Promise<RecordedEvent[]>;
  streams(): Promise<string[]>;
  close(): Promise<void>;
}

export async function createImportTest(): Promise<ImportTest> {
  const { database, store, close } = await createTestStore();
  const folder = await mkdtemp(path.join(tmpdir(), 'tidemark-import-'));
  const test: ImportTest = {
    database,
    store,
    folder,
    async write(content, name = 'orders.csv') {
      const file = path.join(folder, name);
      await writeFile(file, content);
      return file;
    },
    file: (options, environment) => importOrders(options, { pool: database.pool, store, ...environment }),
    lines: async (lines, options) => test.file({ file: await test.write(csv(...lines)), ...options }),
    async rejectedRows(lines, options) {
      const rejects = path.join(folder, 'rejects.csv');
      await rm(rejects, { force: true });
      await test.lines(lines, { ...options, rejects });
      const rows = (await readFile(rejects, 'utf8')).trimEnd().split('\n').slice(1);
      return rows.map((row) => row.split(',').slice(0, 3).join(' '));
    },
    async log() {
      const events: RecordedEvent[] = [];
      for await (const batch of store.readAll(null)) events.push(...batch.events);
      return events.filter(({ stream }) => stream !== 'store');
    },
    streams: async () => (await test.log()).map(({ stream }) => stream),
    async close() {
      await close();
      await rm(folder, { recursive: true });
    },
  };
  return test;
}
