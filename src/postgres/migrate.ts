import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool, PoolClient } from 'pg';
import { inTransaction } from './pool';

export interface MigrationFolder {
  /** whose migrations these are; names are unique within it */
  scope: string;
  /** folder of files `0001_what-it-does.sql`, `0002_...`: each runs once, in order */
  folder: string;
}

/** The database and the program's migrations do not fit together. Nothing was changed. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

interface Migration {
  name: string;
  checksum: string;
  sql: string;
}

const FILE_NAME = /^\d{4}_[a-z0-9_-]+\.sql$/;
/** Any constant will do that nothing else locks. */
const ADVISORY_LOCK = 7_411_680_271;

/**
 * Brings the database up to date: runs every migration that it has not seen, scope by scope, in one
 * transaction. Creates schema `tidemark` and its table `migrations`. Programs that start at once wait for one
 * another.
 * @throws MigrationError when a migration that ran was changed since, or the database is newer than the
 *   program
 */
export async function migrate(pool: Pool, folders: readonly MigrationFolder[]): Promise<void> {
  const scopes = await Promise.all(
    folders.map(async ({ scope, folder }) => ({ scope, migrations: await readMigrations(folder) })),
  );
  await inTransaction(pool, async (client) => {
    // A statement of its own, so that what follows sees what the migrator before us has committed.
    await client.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK]);
    await client.query(`
      CREATE SCHEMA IF NOT EXISTS tidemark;
      CREATE TABLE IF NOT EXISTS tidemark.migrations (
        scope text NOT NULL,
        name text COLLATE "C" NOT NULL,
        checksum text NOT NULL,              -- SHA-256 of the file
        applied_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (scope, name)
      )`);
    for (const { scope, migrations } of scopes) await migrateScope(client, scope, migrations);
  });
}

/** Whether it was ever brought up to date. */
export async function hasMigrations(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>(
    "SELECT to_regclass('tidemark.migrations') IS NOT NULL AS found",
  );
  return rows[0]?.found === true;
}

async function migrateScope(client: PoolClient, scope: string, migrations: Migration[]): Promise<void> {
  const { rows: applied } = await client.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM tidemark.migrations WHERE scope = $1 ORDER BY name',
    [scope],
  );
  applied.forEach((row, i) => {
    const migration = migrations[i];
    if (migration?.name === row.name) {
      if (migration.checksum === row.checksum) return;
      throw new MigrationError(
        `Migration ${scope}/${row.name} was changed after it ran here; a change belongs in a new file`,
      );
    }
    if (migrations.some(({ name }) => name === row.name))
      throw new MigrationError(
        `Migration ${scope}/${migration?.name} stands before ${row.name}, which already ran`,
      );
    throw new MigrationError(
      `The database is newer than this program: migration ${scope}/${row.name} ran there and is not known here`,
    );
  });
  for (const { name, checksum, sql } of migrations.slice(applied.length)) {
    try {
      await client.query(sql);
    } catch (error) {
      throw new MigrationError(`Migration ${scope}/${name} failed: ${(error as Error).message}`, {
        cause: error,
      });
    }
    await client.query('INSERT INTO tidemark.migrations (scope, name, checksum) VALUES ($1, $2, $3)', [
      scope,
      name,
      checksum,
    ]);
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      if (!FILE_NAME.test(name))
        throw new MigrationError(`${join(folder, name)}: a migration is named like 0001_what-it-does.sql`);
      const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}
