import { createHash } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { EventStore } from '../../src/event-store/event-store';
import { projections } from '../../src/projections/read-models/catalogue';

export interface ReadModelHash {
  /** over all tables of all projections */
  hash: string;
  /** by table: rows and the hash of them, as `<rows> <sha256>` */
  tables: Record<string, string>;
}

const ROWS_AT_ONCE = 5_000;
/**
 * Positions of every store are zero-padded numbers of 19 or 20 digits, in columns of their own and inside
 * JSON.
 */
const POSITION = /(?<![\d.])0\d{18,19}(?!\d)/g;

/**
 * One hash over the published rows of every read model, as of one moment. Equal hashes are byte-equal rows.
 * @param positions what to read in a position's place, as `ordinals` has it: the same events have other
 *   positions in another store. Without it positions are hashed as they are
 */
export async function readModelHash(pool: Pool, positions?: Map<string, number>): Promise<ReadModelHash> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const tables: Record<string, string> = {};
    for (const table of projections.flatMap((projection) => projection.tables).sort())
      tables[table] = await hashTable(client, table, positions);
    return { hash: sha256(JSON.stringify(tables)), tables };
  } finally {
    await client.query('ROLLBACK').catch(() => {});
    client.release();
  }
}

/** Which event of its log stands at a position: 1, 2, 3 ... */
export async function ordinals(store: EventStore): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for await (const { events } of store.readAll(null, { metadata: false }))
    for (const { position } of events) found.set(position, found.size + 1);
  return found;
}

/** Of the rows' hashes in their own order, because rows have none. */
async function hashTable(
  client: ClientBase,
  table: string,
  positions: Map<string, number> | undefined,
): Promise<string> {
  const hashes: string[] = [];
  await client.query(`DECLARE hashed CURSOR FOR SELECT t::text AS row FROM read.${table} t`);
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`FETCH ${ROWS_AT_ONCE} FROM hashed`);
    for (const { row } of rows)
      hashes.push(sha256(row.replace(POSITION, (position) => `#${positions?.get(position) ?? position}`)));
    if (rows.length < ROWS_AT_ONCE) break;
  }
  await client.query('CLOSE hashed');
  return `${hashes.length} ${sha256(hashes.sort().join('\n'))}`;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
