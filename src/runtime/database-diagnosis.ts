import { readdir } from 'node:fs/promises';
import type { Pool } from 'pg';
import type { EventStore } from '../event-store/event-store';
import { Listener } from '../postgres/listener';
import { hasMigrations } from '../postgres/migrate';
import { createPool } from '../postgres/pool';
import { projectionStatus } from '../projections/progress/status';
import type { Config } from './config';
import { describeEventStore, openEventStore } from './event-store';
import { type Finding, failed, ok, warn } from './finding';
import { diagnoseLake } from './lake-diagnosis';
import { migrationFolders } from './migrations';
import { checkStoreSettings } from './store-settings';

const LAG_WORTH_A_WORD = 1_000;
const STORE_RETRY_MS = 2_000;

/** Checks the databases: migrations, the log, and how far read models and lake are behind it. */
export async function diagnoseDatabase(url: string, config: Config): Promise<Finding[]> {
  const pool = createPool({ url, max: 4, applicationName: 'tidemark doctor' });
  const listener = new Listener(url);
  try {
    const pending = await pendingMigrations(pool);
    if (pending.length > 0)
      return [
        warn('migrations', `${pending.length} to run: ${pending.join(', ')}`, '`tidemark start` runs them.'),
      ];
    let store: EventStore;
    try {
      store = await openEventStore(config, { pool, listener, retryMs: STORE_RETRY_MS });
    } catch (error) {
      return [ok('migrations', 'up to date'), failed('event store', (error as Error).message)];
    }
    try {
      const head = await store.head();
      const events = await store.countAfter(null);
      return [
        ok('migrations', 'up to date'),
        ok(
          'event store',
          `${await store.identity()} ${describeEventStore(config)}, ` +
            `${events.toLocaleString('en-US')} events` +
            (head ? `, the last at ${new Date(head.recordedAt).toISOString()}` : ''),
        ),
        await checkStoreSettings(store, config).then(
          () => ok('store settings', 'agree with the configuration'),
          (error: Error) => failed('store settings', error.message),
        ),
        ...(await projectionFindings(pool, store)),
        ...(await diagnoseLake(config, await store.identity())),
      ];
    } finally {
      await store.close();
    }
  } finally {
    await listener.close();
    await pool.end();
  }
}

async function pendingMigrations(pool: Pool): Promise<string[]> {
  const applied = (await hasMigrations(pool))
    ? (await pool.query<{ name: string }>("SELECT scope || '/' || name AS name FROM tidemark.migrations"))
        .rows
    : [];
  const names = new Set(applied.map(({ name }) => name));
  const known = await Promise.all(
    migrationFolders.map(async ({ scope, folder }) =>
      (await readdir(folder)).filter((file) => file.endsWith('.sql')).map((file) => `${scope}/${file}`),
    ),
  );
  return known.flat().filter((name) => !names.has(name));
}

async function projectionFindings(pool: Pool, store: EventStore): Promise<Finding[]> {
  const active = (await projectionStatus(pool, store)).filter(({ status }) => status === 'active');
  return active.map(({ projection, generation, lagEvents, deadLetters, skippedEvents, otherStore }) => {
    const check = `projection ${projection}`;
    if (otherStore)
      return failed(
        check,
        `generation ${generation} was built from another event store`,
        'Connect that one, or rebuild the read models with `tidemark replay --all`.',
      );
    const detail =
      `generation ${generation}, ${lagEvents.toLocaleString('en-US')} events behind` +
      (skippedEvents > 0 ? `, ${skippedEvents} skipped` : '');
    if (deadLetters > 0)
      return warn(
        check,
        `${detail}, ${deadLetters} dead letters`,
        `\`tidemark projections dead-letters ${projection}\` lists them, ` +
          `\`tidemark projections retry ${projection}\` tries them again.`,
      );
    if (lagEvents > LAG_WORTH_A_WORD)
      return warn(check, detail, 'It catches up while `tidemark start` runs.');
    return ok(check, detail);
  });
}
