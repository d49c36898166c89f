import type { ClientBase, Pool } from 'pg';
import type { Position } from '../../event-store/position';
import type { Projection } from '../projection';

/**
 * `building`: not complete yet. `ready`: built and set aside (`--no-switch`, `--until`). `active`: published,
 * that is, the views of schema `read` show it. `retired`: was active before, and is kept for a rollback.
 */
export type GenerationStatus = 'building' | 'ready' | 'active' | 'retired';

/** One build of a projection, in a Postgres schema of its own. */
export interface Generation {
  projection: string;
  generation: number;
  /** of the projection's code that built it */
  version: number;
  schema: string;
  status: GenerationStatus;
  /** has the indexes that only readers need */
  indexed: boolean;
  /** its tables are being filled by the projection's bulk build */
  bulk: boolean;
  /** the log that it is built from */
  storeIdentity: string;
  /** Everything up to here is in its tables; '' before the first event. */
  position: Position;
  /** of the event at `position` */
  recordedAt: Date | null;
  /** events of the projection's types up to `position` */
  events: number;
  /** Every transaction that changes the tables raises it, for compare-and-set. */
  commits: bigint;
}

type Client = Pick<ClientBase, 'query'> | Pool;

const COLUMNS = `projection, generation, version, schema_name, status, indexed, bulk, store_identity,
  position, recorded_at, events, commits`;

interface Row {
  projection: string;
  generation: number;
  version: number;
  schema_name: string;
  status: GenerationStatus;
  indexed: boolean;
  bulk: boolean;
  store_identity: string;
  position: string;
  recorded_at: Date | null;
  events: string;
  commits: string;
}

const fromRow = (row: Row): Generation => ({
  projection: row.projection,
  generation: row.generation,
  version: row.version,
  schema: row.schema_name,
  status: row.status,
  indexed: row.indexed,
  bulk: row.bulk,
  storeIdentity: row.store_identity,
  position: row.position,
  recordedAt: row.recorded_at,
  events: Number(row.events),
  commits: BigInt(row.commits),
});

/** Every generation of every projection, oldest first. */
export async function listGenerations(client: Client): Promise<Generation[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM tidemark.generations ORDER BY projection COLLATE "C", generation`,
  );
  return rows.map(fromRow);
}

/**
 * Finds a generation by its number, or the newest of a status.
 * @param forUpdate locks its row until the transaction ends, so that its runner waits
 */
export async function findGeneration(
  client: Client,
  projection: string,
  which: number | GenerationStatus,
  forUpdate = false,
): Promise<Generation | null> {
  const by = typeof which === 'number' ? 'generation' : 'status';
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM tidemark.generations WHERE projection = $1 AND ${by} = $2
      ORDER BY generation DESC LIMIT 1 ${forUpdate ? 'FOR UPDATE' : ''}`,
    [projection, which],
  );
  return rows[0] ? fromRow(rows[0]) : null;
}

/** Keeps others from adding generations until the transaction ends. */
export async function lockGenerations(client: ClientBase): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('tidemark generations', 0))`);
}

/**
 * Makes a generation the active one, and retires the one before: the views of schema `read` show its tables.
 * Call it in a transaction: readers see the old rows until it commits, and the new ones after.
 */
export async function activate(
  client: ClientBase,
  projection: Projection,
  generation: Generation,
): Promise<void> {
  for (const table of projection.tables) await pointView(client, table, generation.schema);
  await client.query(
    `UPDATE tidemark.generations SET status = 'retired', commits = commits + 1
      WHERE projection = $1 AND status = 'active'`,
    [projection.name],
  );
  await client.query(
    `UPDATE tidemark.generations SET status = 'active', commits = commits + 1, switched_at = now()
      WHERE projection = $1 AND generation = $2`,
    [projection.name, generation.generation],
  );
}

async function pointView(client: ClientBase, table: string, schema: string): Promise<void> {
  const definition = `VIEW read.${table} AS SELECT * FROM ${schema}.${table}`;
  await client.query('SAVEPOINT view');
  try {
    // Replacing keeps what others have built on the view.
    await client.query(`CREATE OR REPLACE ${definition}`);
  } catch (error) {
    // invalid_table_definition: a new version has dropped or retyped columns.
    if ((error as { code?: string }).code !== '42P16') throw error;
    await client.query('ROLLBACK TO SAVEPOINT view');
    await client.query(`DROP VIEW read.${table}`);
    await client.query(`CREATE ${definition}`);
  }
  await client.query('RELEASE SAVEPOINT view');
}
