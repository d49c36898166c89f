import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { EventStore } from '../../../src/event-store/event-store';
import type { StoreUnderTest } from '../../../src/event-store/event-store.features';
import {
  type EventStoreDbOptions,
  openEventStoreDb,
} from '../../../src/event-store/eventstoredb/eventstoredb.event-store';
import type { WriterTask } from '../append-writer';

const SUPPORT = join(__dirname, '..');

/** What a test does to the server, or to the way to it. */
export interface ServerUnderTest {
  cut(): void;
  outage(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

/** A store on a server as the behaviour suite wants it. */
export async function storeUnderTest(
  options: EventStoreDbOptions,
  server: ServerUnderTest,
): Promise<StoreUnderTest> {
  let store = await openEventStoreDb(options);
  const opened: EventStore[] = [store];
  return {
    store,
    async reopen() {
      store = await openEventStoreDb(options);
      opened.push(store);
      return store;
    },
    dropConnections: async () => server.cut(),
    outage: () => server.outage(),
    async runWriter(task: WriterTask) {
      const script = [join(SUPPORT, 'run-typescript.js'), join(SUPPORT, 'eventstoredb-writer.ts')];
      const writer = spawn(process.execPath, [...script, JSON.stringify(options), JSON.stringify(task)], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      const [code] = await once(writer, 'exit');
      if (code !== 0) throw new Error(`Writer ${task.writer} ended with ${code}`);
    },
    async close() {
      for (const each of opened) await each.close();
      await server.stop();
    },
  };
}
