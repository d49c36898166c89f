// A process that appends: `node run-typescript.js eventstoredb-writer.ts <options of the store as JSON>
// <WriterTask as JSON>`.
import {
  type EventStoreDbOptions,
  openEventStoreDb,
} from '../../src/event-store/eventstoredb/eventstoredb.event-store';
import { runWriter, type WriterTask } from './append-writer';

async function main(options: EventStoreDbOptions, task: WriterTask): Promise<void> {
  const store = await openEventStoreDb(options);
  await runWriter(store, task);
  await store.close();
}

const [options = '', task = ''] = process.argv.slice(2);
main(JSON.parse(options), JSON.parse(task)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
