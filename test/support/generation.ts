import { randomBytes } from 'node:crypto';
import { Client, type Pool } from 'pg';
import { eventsOf } from '../../src/domain/event-roles';
import type { RecordedEvent } from '../../src/event-store/event';
import type { Fold, Projection, ProjectionClient } from '../../src/projections/projection';

export interface GenerationOptions {
  /** events a batch; default: all of a `fold` call at once */
  batchSize?: number;
  /** open the fold anew before every batch, as a runner does after a restart; default false */
  reopen?: boolean;
  /** fill the tables by the projection's bulk build, where it has one, until `complete`; default false */
  bulk?: boolean;
}

/**
 * A projection's tables in a schema of their own, and its fold, to hold a spec's events against the rows they
 * make.
 */
export class TestGeneration {
  /** the texts that the fold has sent so far */
  readonly statements: string[] = [];
  private fold?: Fold;
  /** while a bulk build fills the tables */
  private bulk: Projection['bulk'];

  private constructor(
    private readonly client: Client,
    private readonly projection: Projection,
    private readonly options: GenerationOptions,
  ) {
    this.bulk = options.bulk ? projection.bulk : undefined;
  }

  static async create(
    pool: Pool,
    projection: Projection,
    options: GenerationOptions = {},
  ): Promise<TestGeneration> {
    // Not one of the pool's: a spec that fails before it closes this would otherwise keep the pool from
    // ending.
    const client = new Client(pool.options);
    client.on('error', () => {});
    await client.connect();
    const schema = `test_${randomBytes(6).toString('hex')}`;
    await client.query(`CREATE SCHEMA ${schema}; SET search_path = ${schema}`);
    await client.query(projection.schemaSql);
    const generation = new TestGeneration(client, projection, options);
    if (generation.bulk) await client.query(generation.bulk.schemaSql);
    else await client.query(`${projection.keysSql ?? ''};${projection.indexesSql}`);
    return generation;
  }

  /** Ends a bulk build. */
  async complete(): Promise<void> {
    if (!this.bulk) return;
    const { keysSql = '', indexesSql } = this.projection;
    await this.client.query(`BEGIN;${this.bulk.finishSql};${keysSql};${indexesSql};COMMIT`);
    this.bulk = undefined;
    this.fold = undefined;
  }

  /**
   * Folds those of the events that the projection takes, each batch in a transaction. After a failure the
   * fold starts again from its tables.
   */
  async apply(log: readonly RecordedEvent[]): Promise<void> {
    const events = log.filter(eventsOf(this.projection.eventTypes));
    const { batchSize = Math.max(events.length, 1), reopen = false } = this.options;
    for (let start = 0; start < events.length; start += batchSize) {
      if (reopen) this.fold = undefined;
      await this.client.query('BEGIN');
      try {
        this.fold ??= await (this.bulk ?? this.projection).open(this.client);
        await this.fold.apply(this.recording(), events.slice(start, start + batchSize));
        await this.client.query('COMMIT');
      } catch (error) {
        await this.client.query('ROLLBACK');
        this.fold = undefined;
        throw error;
      }
    }
  }

  private recording(): ProjectionClient {
    const query = (what: string | { text: string }, values?: unknown[]) => {
      this.statements.push(typeof what === 'string' ? what : what.text);
      return this.client.query(what as string, values);
    };
    return { query: query as ProjectionClient['query'] };
  }

  async rows<R extends object = Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<R[]> {
    return (await this.client.query<R>(sql, values)).rows;
  }

  /** One hash a table over all its rows in the order of their text; equal hashes are byte-equal tables. */
  async hashes(): Promise<Record<string, string>> {
    const hashes: Record<string, string> = {};
    for (const table of this.projection.tables) {
      const text = `string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C")`;
      const sql = `SELECT md5(coalesce(${text}, '')) AS hash FROM ${table} t`;
      hashes[table] = (await this.rows<{ hash: string }>(sql))[0]?.hash ?? '';
    }
    return hashes;
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

/** The hashes of a generation that is made, fed and dropped. */
export async function hashesAfter(
  pool: Pool,
  projection: Projection,
  events: readonly RecordedEvent[],
  options?: GenerationOptions,
): Promise<Record<string, string>> {
  const generation = await TestGeneration.create(pool, projection, options);
  try {
    await generation.apply(events);
    await generation.complete();
    return await generation.hashes();
  } finally {
    await generation.close();
  }
}
