import { GraphQLError } from 'graphql';
import type { ClientBase, Pool } from 'pg';
import { nextTurn } from '../../concurrency/next-turn';
import { inTransaction } from '../../postgres/pool';
import { ErrorCode } from '../errors';
import type { AsOf } from '../types/as-of.type';

/** Where a statement is sent: the pool, or the connection of a snapshot. */
export type Reader = Pick<ClientBase, 'query'> | Pool;

const UNDEFINED_TABLE = '42P01';
/** From so many rows on what is made of them is a large piece of work. */
const MANY_ROWS = 200;

/** The columns that say how far a projection has read; every statement carries them beside its rows. */
export interface AsOfRow {
  as_of_position: string;
  as_of_time: Date | null;
}

/** Put it into FROM as `p` where `p.projection` is the read model's name. */
export const AS_OF = 'p.position AS as_of_position, p.recorded_at AS as_of_time';

export const asOf = (row: AsOfRow | undefined): AsOf => ({
  position: row?.as_of_position ?? '',
  time: row?.as_of_time?.getTime() ?? null,
});

/**
 * Rows of one statement. One statement is one snapshot and sees one generation of each read model, so rows
 * and `asOf` belong together: what is answered as one must stay one statement, or go through `inSnapshot`. A
 * statement names the views of a projection in the order in which the projection declares its tables, because
 * a switch locks them in that order: any other ends in a deadlock with it.
 * @throws GraphQLError PROJECTION_LAGGING when the read model was never built
 */
export async function readRows<Row extends object>(
  reader: Reader,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  try {
    const { rows } = await (reader as Pool).query<Row>(text, values);
    if (rows.length > MANY_ROWS) await nextTurn();
    return rows;
  } catch (error) {
    if ((error as { code?: unknown }).code !== UNDEFINED_TABLE) throw error;
    throw new GraphQLError('This read model has not been built yet: no projector has run', {
      extensions: { code: ErrorCode.PROJECTION_LAGGING },
    });
  }
}

/**
 * Several statements over one snapshot. The views are locked first: a snapshot alone would not keep a
 * statement that comes after a switch from reading the new generation's tables.
 * @param views names in schema `read`, in the order in which their projection declares them
 */
export async function inSnapshot<T>(
  pool: Pool,
  views: readonly string[],
  read: (reader: Reader) => Promise<T>,
): Promise<T> {
  const locked = views.map((view) => `read.${view}`).join(', ');
  return inTransaction(
    pool,
    async (client) => {
      await readRows(client, `LOCK TABLE ${locked} IN ACCESS SHARE MODE`, []);
      return read(client);
    },
    { isolation: 'repeatable read', readOnly: true },
  );
}
