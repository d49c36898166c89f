import { randomUUID } from 'node:crypto';
import type { EventStore, NewEvent, RecordedEvent } from '../../src/event-store/event-store';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres.event-store';
import { Listener } from '../../src/postgres/listener';
import { migrate } from '../../src/postgres/migrate';
import { migrationFolders } from '../../src/runtime/migrations';
import { createTestDatabase, type TestDatabase } from './database';

/** A migrated database of its own with an event store in it. */
export interface TestStore {
  database: TestDatabase;
  listener: Listener;
  store: EventStore;
  close(): Promise<void>;
}

export async function createTestStore(): Promise<TestStore> {
  const database = await createTestDatabase();
  await migrate(database.pool, migrationFolders);
  const listener = new Listener(database.url);
  const store = await PostgresEventStore.open({ pool: database.pool, listener });
  return {
    database,
    listener,
    store,
    async close() {
      await store.close();
      await listener.close();
      await database.drop();
    },
  };
}

/** Some event, for specs that only count them. */
export function someEvent(type = 'OrderPaid'): NewEvent {
  const id = randomUUID();
  return {
    id,
    type,
    data: { id },
    occurredAt: Date.UTC(2026, 0, 1),
    metadata: { schemaVersion: 1, correlationId: id, causationId: id },
  };
}

/** Appends one event to each of `count` streams `<prefix>1`, `<prefix>2` ... */
export async function appendStreams(store: EventStore, count: number, prefix = 'order-'): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, i) => store.append(`${prefix}${i + 1}`, 'any', [someEvent()])),
  );
}

/** Appends the events of a log, such as `eventLog` writes, in its order. */
export async function appendRecorded(store: EventStore, log: readonly RecordedEvent[]): Promise<void> {
  for (const { stream, id, type, data, occurredAt, metadata } of log)
    await store.append(stream, 'any', [{ id, type, data, occurredAt, metadata }]);
}
