import type { Pool } from 'pg';
import { type Position, START } from '../event-store/position';
import { CheckpointMovedError } from '../projections/engine/errors';

/** Up to where the broker has acknowledged each kind of change of one event store. */
export class AggregateCheckpoints {
  private readonly positions = new Map<string, Position>();

  private constructor(
    private readonly pool: Pool,
    readonly storeIdentity: string,
  ) {}

  /**
   * Reads them. One beyond the end of the log is forgotten: the log was put back to an older state, and its
   * read models made anew.
   * @param head the end of the log
   * @param onForgotten told the kinds that begin anew, if there are any
   */
  static async load(
    pool: Pool,
    storeIdentity: string,
    head: Position,
    onForgotten: (kinds: string[]) => void,
  ): Promise<AggregateCheckpoints> {
    const forgotten = await pool.query<{ kind: string }>(
      'DELETE FROM tidemark.aggregate_checkpoints WHERE store_identity = $1 AND position > $2 RETURNING kind',
      [storeIdentity, head],
    );
    if (forgotten.rows.length > 0) onForgotten(forgotten.rows.map(({ kind }) => kind));
    const checkpoints = new AggregateCheckpoints(pool, storeIdentity);
    const { rows } = await pool.query<{ kind: string; position: Position }>(
      'SELECT kind, position FROM tidemark.aggregate_checkpoints WHERE store_identity = $1',
      [storeIdentity],
    );
    for (const { kind, position } of rows) checkpoints.positions.set(kind, position);
    return checkpoints;
  }

  /** '' before the first change */
  position(kind: string): Position {
    return this.positions.get(kind) ?? START;
  }

  /**
   * @throws CheckpointMovedError when another process has moved it: what was read here may be sent already
   */
  async move(kind: string, position: Position): Promise<void> {
    const { rowCount } = await this.pool.query(
      `INSERT INTO tidemark.aggregate_checkpoints AS c (store_identity, kind, position) VALUES ($1, $2, $4)
       ON CONFLICT (store_identity, kind) DO UPDATE SET position = excluded.position WHERE c.position = $3`,
      [this.storeIdentity, kind, this.position(kind), position],
    );
    if (rowCount !== 1) throw new CheckpointMovedError(`Another process publishes ${kind}`);
    this.positions.set(kind, position);
  }
}
