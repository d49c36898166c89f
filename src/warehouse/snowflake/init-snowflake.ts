import { warehouseModel } from '../model/ledger';
import { commentStatements } from '../sql/comments';
import { initStatements, type Making } from '../sql/ddl';
import { snowflakeDialect } from '../sql/snowflake.dialect';
import { forgetKnownFiles, readKnownFiles, writeKnownFiles } from './known-files';
import type { SnowflakeSession } from './snowflake-session';
import { stageDigest, stageStatements } from './stage';
import { otherModel, REBUILDING, snowflakeModel, targetOf, type WarehouseModel } from './warehouse-model';
import { type SnowflakeWarehouseOptions, withSnowflake } from './with-snowflake';

/** Leaves existing tables and views alone, with their grants. */
const COMPLETE: Making = { table: 'CREATE TABLE IF NOT EXISTS', view: 'CREATE VIEW IF NOT EXISTS' };
const FIRST: Making = { table: 'CREATE TABLE IF NOT EXISTS', view: 'CREATE OR REPLACE VIEW' };
const ANEW: Making = { table: 'CREATE OR REPLACE TABLE', view: 'CREATE OR REPLACE VIEW' };

/**
 * Makes what is missing of file format, stage, tables and views. Harmless to repeat. Where this machine
 * remembers that all is there, Snowflake is not asked.
 * @param rebuild makes all tables anew, empty; a warehouse of another version of the model needs it
 * @throws SnowflakeError; WarehouseError when the tables are of another version and `rebuild` is false
 */
export async function initSnowflake(
  options: SnowflakeWarehouseOptions,
  { rebuild = false } = {},
): Promise<void> {
  const { folder, snowflake } = options;
  const target = targetOf(snowflake);
  const model = snowflakeModel();
  const stage = stageDigest(options, snowflake.stageAccess);
  const known = await readKnownFiles(folder, target, model);
  if (known?.stage === stage && !rebuild) return;
  await forgetKnownFiles(folder);
  const kept = await withSnowflake(options, (session) => makeWarehouse(options, session, rebuild));
  const nothing = { lake: null, through: null, holidays: [], files: {} };
  await writeKnownFiles(folder, { ...((kept && known) || nothing), target, model, stage });
}

/** @returns whether the warehouse was complete before */
async function makeWarehouse(
  options: SnowflakeWarehouseOptions,
  session: SnowflakeSession,
  rebuild: boolean,
): Promise<boolean> {
  const { snowflake } = options;
  const model = snowflakeModel();
  const stage = stageDigest(options, snowflake.stageAccess);
  const made = await readModel(session);
  const anew = made !== undefined && (rebuild || made.digest === REBUILDING);
  if (made !== undefined && made.digest !== model && !anew) throw otherModel(snowflake);
  // From here to the end no load can begin, and a running one commits first. An init that is cut off here is
  // continued by the next init.
  if (anew) await session.run(`UPDATE warehouse_model SET digest = '${REBUILDING}'`);
  const existing = made?.stage === stage ? 'keep' : 'replace';
  for (const { sql } of stageStatements(options, snowflake.stageAccess, existing)) await session.run(sql);
  const complete = made !== undefined && !anew;
  const making = anew ? ANEW : complete ? COMPLETE : FIRST;
  for (const { sql } of initStatements(snowflakeDialect, making)) await session.run(sql);
  if (!complete) for (const sql of writeModel({ digest: model, stage })) await session.run(sql);
  else if (existing === 'replace') await session.run(`UPDATE warehouse_model SET stage = '${stage}'`);
  return complete;
}

async function readModel(session: SnowflakeSession): Promise<WarehouseModel | undefined> {
  await session.run(
    'CREATE TABLE IF NOT EXISTS warehouse_model (digest VARCHAR, stage VARCHAR, last_load VARCHAR)',
  );
  const [made] = await session.query('SELECT * FROM warehouse_model');
  return made?.digest ? { digest: made.digest, stage: made.stage ?? null } : undefined;
}

/** One statement makes table and row, so that there is never one without the other. */
const writeModel = ({ digest, stage }: WarehouseModel): string[] => [
  `CREATE OR REPLACE TABLE warehouse_model COPY GRANTS AS
SELECT CAST('${digest}' AS VARCHAR) AS digest, CAST('${stage}' AS VARCHAR) AS stage, CAST(NULL AS VARCHAR) AS last_load`,
  ...commentStatements(snowflakeDialect, 'TABLE', warehouseModel).map(({ sql }) => sql),
];
