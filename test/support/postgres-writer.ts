// A process that appends: `node run-typescript.js postgres-writer.ts <database url> <WriterTask as JSON>`.
import { PostgresEventStore } from '../../src/event-store/postgres/postgres.event-store';
import { Listener } from '../../src/postgres/listener';
import { createPool } from '../../src/postgres/pool';
import { runWriter, type WriterTask } from './append-writer';

async function main(url: string, task: WriterTask): Promise<void> {
  const pool = createPool({ url, max: 4, applicationName: 'writer' });
  const listener = new Listener(url);
  const store = await PostgresEventStore.open({ pool, listener });
  await runWriter(store, task);
  await store.close();
  await listener.close();
  await pool.end();
}

const [url = '', task = ''] = process.argv.slice(2);
main(url, JSON.parse(task)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
