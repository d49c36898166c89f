import { WarehouseError } from '../errors';
import { modelDigest } from '../sql/model-digest';
import { snowflakeDialect } from '../sql/snowflake.dialect';
import type { SnowflakeOptions } from './options';
import type { SnowflakeSession } from './snowflake-session';

/**
 * The one row of `warehouse_model`: of which model the tables are, and what else `init` and loads leave word
 * of.
 */
export interface WarehouseModel {
  /** see `modelDigest`; `REBUILDING` while tables are made anew */
  digest: string;
  /** see `stageDigest` */
  stage: string | null;
}

/** Stands for the digest from before the first table is replaced until all are: no load comes between. */
export const REBUILDING = 'rebuilding';

/** The digest of this version of the model. */
export const snowflakeModel = (): string => modelDigest(snowflakeDialect);

/** Where the warehouse is, for what this machine remembers of it. */
export const targetOf = ({ account, database, schema }: SnowflakeOptions): string =>
  [account, database, schema].join('/').toUpperCase();

/**
 * Makes sure that the tables are of this version of the model.
 * @throws WarehouseError saying what makes them anew
 */
export async function mustBeOfThisModel(
  session: SnowflakeSession,
  snowflake: SnowflakeOptions,
): Promise<void> {
  const [found] = await session.query('SELECT digest FROM warehouse_model');
  if (found?.digest === REBUILDING) throw unfinished(snowflake);
  if (found?.digest !== snowflakeModel()) throw otherModel(snowflake);
}

export const otherModel = ({ database, schema }: SnowflakeOptions): WarehouseError =>
  new WarehouseError(
    `The tables in ${database}.${schema} were made by another version of Tidemark. \`tidemark warehouse init --rebuild\` makes them anew; the next load fills them from the lake`,
  );

const unfinished = ({ database, schema }: SnowflakeOptions): WarehouseError =>
  new WarehouseError(
    `The tables in ${database}.${schema} are being made anew, or that was interrupted: \`tidemark warehouse init\` does the rest`,
  );
