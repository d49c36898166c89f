import { setTimeout as delay } from 'node:timers/promises';
import type { ClientBase, Pool } from 'pg';
import type { Position } from '../../event-store/position';
import type { StoreFeed } from '../../feed/store-feed';
import { CheckpointMovedError, ProjectionRequestError } from '../engine/errors';
import { GenerationRunner } from '../engine/generation-runner';
import { findGeneration, type Generation } from '../engine/generations';
import { PartitionPositions } from '../engine/partition-positions';
import type { Projection } from '../projection';
import { bringTo } from './publish';

const PUBLISHED_WAIT_MS = 60_000;
const SAMPLE_ROWS = 5;

/** A generation held against the published one, at the same position of the log. */
export interface Comparison {
  position: Position;
  equal: boolean;
  published: number;
  generation: number;
  tables: TableComparison[];
}

export interface TableComparison {
  table: string;
  equal: boolean;
  publishedRows: number;
  rows: number;
  /** where they differ: some of the rows that only one of them has */
  onlyPublished: unknown[];
  onlyThis: unknown[];
}

interface TableHash {
  rows: number;
  hash: string;
}

/**
 * Compares a generation with the published one: same rows, same hash, at the same position. The published one
 * is read in a snapshot and goes on meanwhile; the other is brought to the snapshot's position.
 * @throws ProjectionRequestError when nothing is published, or its projector does not get on
 */
export async function compareWithPublished(
  { pool, databaseUrl }: { pool: Pool; databaseUrl: string },
  projection: Projection,
  runner: GenerationRunner,
  feed: StoreFeed,
  signal?: AbortSignal,
): Promise<Comparison> {
  const deadline = Date.now() + PUBLISHED_WAIT_MS;
  for (;;) {
    signal?.throwIfAborted();
    const snapshot = await pool.connect();
    try {
      await snapshot.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const published = await findGeneration(snapshot, projection.name, 'active');
      if (!published)
        throw new ProjectionRequestError(`${projection.name} has no published generation to compare with.`);
      if (published.storeIdentity !== runner.generation.storeIdentity)
        throw new ProjectionRequestError(
          `The published generation of ${projection.name} was built from another event store, so there is nothing to compare with. ` +
            'Rebuild without --verify.',
        );
      const partitions = await PartitionPositions.load(snapshot, published);
      const furthest = partitions.furthest(published.position);
      if (furthest > published.position) {
        await level(projection, published, furthest, feed, databaseUrl);
      } else if (published.position >= runner.position) {
        await bringTo(runner, feed, published.position);
        const tables: TableComparison[] = [];
        for (const table of projection.tables) {
          tables.push(
            await compareTable(snapshot, table, published.schema, runner.generation.schema, () =>
              pool.connect(),
            ),
          );
        }
        return {
          position: published.position,
          equal: tables.every(({ equal }) => equal),
          published: published.generation,
          generation: runner.generation.generation,
          tables,
        };
      }
      if (Date.now() > deadline) {
        throw new ProjectionRequestError(
          `The published generation of ${projection.name} stands at ${published.position || 'the start'}, before ${runner.position}, ` +
            'and does not get on: is a projector running?',
        );
      }
    } finally {
      await snapshot.query('ROLLBACK').catch(() => {});
      snapshot.release();
    }
    await delay(100, undefined, { signal });
  }
}

/**
 * Brings all partitions of a generation that Kafka feeds to one position, from the event store: only then is
 * it a state of the log that another generation can have too. Its readers start again from there.
 */
async function level(
  projection: Projection,
  published: Generation,
  position: Position,
  feed: StoreFeed,
  databaseUrl: string,
): Promise<void> {
  const runner = await GenerationRunner.open(projection, published, { databaseUrl, onPoison: 'park' });
  try {
    await bringTo(runner, feed, position);
  } catch (error) {
    // The readers of its partitions were quicker: the next look sees where they are.
    if (!(error instanceof CheckpointMovedError)) throw error;
  } finally {
    await runner.close();
  }
}
async function compareTable(
  snapshot: ClientBase,
  table: string,
  publishedSchema: string,
  schema: string,
  connect: () => Promise<ClientBase & { release(): void }>,
): Promise<TableComparison> {
  // The other generation was written after the snapshot was taken, so it is read outside of it.
  const now = await connect();
  try {
    const [published, other] = await Promise.all([
      hashTable(snapshot, `${publishedSchema}.${table}`),
      hashTable(now, `${schema}.${table}`),
    ]);
    const equal = published.rows === other.rows && published.hash === other.hash;
    return {
      table,
      equal,
      publishedRows: published.rows,
      rows: other.rows,
      ...(equal
        ? { onlyPublished: [], onlyThis: [] }
        : {
            onlyPublished: await sample(now, `${publishedSchema}.${table}`, `${schema}.${table}`),
            onlyThis: await sample(now, `${schema}.${table}`, `${publishedSchema}.${table}`),
          }),
    };
  } finally {
    now.release();
  }
}

/**
 * Rows and an order-free 128-bit hash of them: sums of two differently seeded 64-bit hashes of each row's
 * text.
 */
export async function hashTable(client: ClientBase | Pool, table: string): Promise<TableHash> {
  const { rows } = await client.query<{ rows: string; hash: string }>(
    `SELECT count(*) AS rows,
            concat_ws('-', coalesce(sum(hashtextextended(t::text, 0)), 0), coalesce(sum(hashtextextended(t::text, 1)), 0)) AS hash
       FROM ${table} t`,
  );
  const [row] = rows;
  return { rows: Number(row?.rows), hash: row?.hash ?? '' };
}

/** Rows that only the first has. By their text, because json columns know no equality. */
async function sample(client: ClientBase, from: string, without: string): Promise<unknown[]> {
  const { rows } = await client.query<{ row: unknown }>(
    `SELECT to_jsonb(a) AS row FROM ${from} a
      WHERE NOT EXISTS (SELECT FROM ${without} b WHERE b::text = a::text) LIMIT ${SAMPLE_ROWS}`,
  );
  return rows.map(({ row }) => row);
}
