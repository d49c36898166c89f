import { WarehouseError } from '../errors';
import { modelDigest } from '../sql/model-digest';
import { snowflakeDialect } from '../sql/snowflake.dialect';
import type { SnowflakeOptions } from './options';
import type { SnowflakeSession } from './snowflake-session';

/** The one row of `warehouse_model`: the version of the model, and notes of init and loads. */
export interface WarehouseModel {
  /** see `modelDigest`; `REBUILDING` while tables are made anew */
  digest: string;
  /** see `stageDigest` */
  stage: string | null;
}

/** Stands in place of the digest while tables are being replaced, so that no load runs meanwhile. */
export const REBUILDING = 'rebuilding';

/** The digest of this version of the model. */
export const snowflakeModel = (): string => modelDigest(snowflakeDialect);

/** Account, database and schema: the key of what this machine remembers. */
export const targetOf = ({ account, database, schema }: SnowflakeOptions): string =>
  [account, database, schema].join('/').toUpperCase();

/**
 * Checks that the tables are of this version of the model.
 * @throws WarehouseError that says how to make them anew
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
