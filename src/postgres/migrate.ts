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
  /**
   * Histories of files that have been squashed since: their digest (`historyDigest`), and how many of the
   * folder's files make the same schema. A database with such a history counts as one that ran these files.
   */
  squashed?: Readonly<Record<string, number>>;
}

/** The database and the program's migrations do not fit together. Nothing was changed. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** A file that ran. */
interface Applied {
  name: string;
  /** SHA-256 of the file, in hexadecimal */
  checksum: string;
}

interface Migration extends Applied {
  sql: string;
}

const FILE_NAME = /^\d{4}_[a-z0-9_-]+\.sql$/;
/** A constant that nothing else locks. */
const ADVISORY_LOCK = 7_411_680_271;

/**
 * Brings the database up to date: runs every migration that did not run there, scope by scope, in one
 * transaction. Creates schema `tidemark` and its table `migrations`. Programs that start at once wait for one
 * another.
 * @throws MigrationError when a migration that ran was changed since, or the database is newer than the
 *   program
 */
export async function migrate(pool: Pool, folders: readonly MigrationFolder[]): Promise<void> {
  const scopes = await Promise.all(
    folders.map(async (folder) => ({ ...folder, migrations: await readMigrations(folder.folder) })),
  );
  await inTransaction(pool, async (client) => {
    // A statement of its own, so that those below see what was committed while this one waited.
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
    for (const scope of scopes) await migrateScope(client, scope);
  });
}

/** Has the database ever been brought up to date? */
export async function hasMigrations(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>(
    "SELECT to_regclass('tidemark.migrations') IS NOT NULL AS found",
  );
  return rows[0]?.found === true;
}

/** @returns SHA-256 over the names and checksums of files that ran, in hexadecimal */
export function historyDigest(applied: readonly Applied[]): string {
  const lines = applied.map(({ name, checksum }) => `${name} ${checksum}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}

async function migrateScope(
  client: PoolClient,
  { scope, migrations, squashed = {} }: MigrationFolder & { migrations: Migration[] },
): Promise<void> {
  let applied = await readApplied(client, scope);
  const files = squashed[historyDigest(applied)];
  if (files !== undefined) {
    applied = migrations.slice(0, files);
    await client.query('DELETE FROM tidemark.migrations WHERE scope = $1', [scope]);
    for (const migration of applied) await record(client, scope, migration);
  }
  checkHistory(scope, applied, migrations);
  for (const migration of migrations.slice(applied.length)) {
    try {
      await client.query(migration.sql);
    } catch (error) {
      throw new MigrationError(`Migration ${scope}/${migration.name} failed: ${(error as Error).message}`, {
        cause: error,
      });
    }
    await record(client, scope, migration);
  }
}

async function readApplied(client: PoolClient, scope: string): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    'SELECT name, checksum FROM tidemark.migrations WHERE scope = $1 ORDER BY name',
    [scope],
  );
  return rows;
}

async function record(client: PoolClient, scope: string, { name, checksum }: Applied): Promise<void> {
  await client.query('INSERT INTO tidemark.migrations (scope, name, checksum) VALUES ($1, $2, $3)', [
    scope,
    name,
    checksum,
  ]);
}

/** @throws MigrationError unless the files that ran are the first of `migrations` */
function checkHistory(scope: string, applied: readonly Applied[], migrations: readonly Migration[]): void {
  for (const [i, { name, checksum }] of applied.entries()) {
    const migration = migrations[i];
    if (migration?.name === name) {
      if (migration.checksum === checksum) continue;
      throw new MigrationError(
        `Migration ${scope}/${name} was changed after it ran here; a change belongs in a new file`,
      );
    }
    if (migrations.some((known) => known.name === name))
      throw new MigrationError(
        `Migration ${scope}/${migration?.name} stands before ${name}, which already ran`,
      );
    throw new MigrationError(
      `The database is newer than this program: migration ${scope}/${name} ran there and is not known here`,
    );
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
