import { isDeepStrictEqual } from 'node:util';
import { datasets } from '../../export/datasets/catalogue';
import { modelDigest } from '../duckdb/model-digest';
import { WarehouseError } from '../errors';
import { fillDays } from '../load/fill-days';
import type { LakeFiles } from '../load/lake-files';
import { type LoadOptions, type LoadResult, loadFiles } from '../load/load-files';
import { findNewFiles, type Ledger, type NewFiles } from '../load/new-files';
import { tables, views } from '../model/catalogue';
import { initStatements } from '../sql/ddl';
import { snowflakeDialect } from '../sql/snowflake.dialect';
import { SnowflakeError, UnknownCommitError } from './errors';
import { forgetKnownFiles, type KnownFiles, ledgerOf, readKnownFiles, writeKnownFiles } from './known-files';
import { readLedger } from './ledger';
import { endTransaction, mustBeCommitted } from './lost-commit';
import type { SnowflakeOptions } from './options';
import type { SnowflakeSession } from './snowflake-session';
import { stageStatements } from './stage';
import { type SnowflakeWarehouseOptions, withSnowflake } from './with-snowflake';

/**
 * Makes what is not there: file format, stage, tables and views. Harmless to repeat.
 * @param rebuild makes all tables anew, empty, as a warehouse of another version of the model needs it
 * @throws SnowflakeError; WarehouseError when the tables are of another version and `rebuild` is not said
 */
export async function initSnowflake(
  options: SnowflakeWarehouseOptions,
  { rebuild = false } = {},
): Promise<void> {
  await forgetKnownFiles(options.folder);
  await withSnowflake(options, async (session) => {
    const { lakeRoot, snowflake } = options;
    for (const { sql } of stageStatements(lakeRoot, snowflake.stageAccess)) await session.run(sql);
    await session.run(
      'CREATE TABLE IF NOT EXISTS warehouse_model (digest VARCHAR NOT NULL, loads INTEGER NOT NULL)',
    );
    const made = await modelOf(session);
    if (made !== undefined && made !== model() && !rebuild) throw otherModel(snowflake);
    if (made !== undefined && rebuild) {
      for (const { name } of views) await session.run(`DROP VIEW IF EXISTS ${name}`);
      for (const { name } of tables) await session.run(`DROP TABLE IF EXISTS ${name}`);
      await session.run('DELETE FROM warehouse_model');
    }
    for (const { sql } of initStatements(snowflakeDialect)) await session.run(sql);
    if (made !== model() || rebuild) await session.run(`INSERT INTO warehouse_model SELECT '${model()}', 0`);
  });
}

/**
 * Brings the warehouse up to what the lake has, in one transaction. Where every live file is known from earlier loads of this
 * machine, Snowflake is not asked anything. What is known is never more than a hint: as soon as there is one file that is not,
 * the ledger says what is new.
 * @throws SnowflakeError; WarehouseError when a file is not as the lake's table says, or the warehouse is of another version
 */
export async function loadSnowflake(
  options: SnowflakeWarehouseOptions,
  lake: LakeFiles,
  load: LoadOptions = {},
): Promise<LoadResult> {
  const target = targetOf(options.snowflake);
  const known = await readKnownFiles(options.folder, target, model());
  const holidays = load.holidays ?? [];
  if (known && isDeepStrictEqual(known.holidays, holidays)) {
    const news = await findNewFiles(lake, ledgerOf(known));
    if (news.count === 0) return nothingNew(known.through);
  }
  const { result, files } = await withSnowflake(options, (session) => loadNews(options, session, lake, load));
  await writeKnownFiles(options.folder, { target, model: model(), through: result.through, holidays, files });
  return result;
}

interface Loaded {
  result: LoadResult;
  files: KnownFiles['files'];
}

async function loadNews(
  options: SnowflakeWarehouseOptions,
  session: SnowflakeSession,
  lake: LakeFiles,
  load: LoadOptions,
): Promise<Loaded> {
  if ((await modelOf(session)) !== model()) throw otherModel(options.snowflake);
  const { ledger, through } = await readLedger(session);
  const news = await findNewFiles(lake, ledger);
  const files = filesOf(ledger, news);
  if (news.count === 0 && (await fillDays(session, load.holidays ?? [])).length === 0)
    return { result: nothingNew(through), files };
  session.whenBegun = () => mustBeAlone(session, ledger.size);
  try {
    return { result: await loadFiles(session, news, load), files };
  } catch (error) {
    // Of a load without files the ledger does not tell.
    if (!(error instanceof UnknownCommitError) || news.count === 0) {
      await cleanUp(options, session, error);
      throw error;
    }
    await mustBeCommitted(options, session.transaction, news, error);
    return { result: { files: news.count, rows: news.rows, written: {}, through: news.through }, files };
  }
}

/**
 * What a load that failed put into the stage goes. Where its session had no answer its transaction is ended, too: it would be in
 * the way of every load until the service finds out that nobody is there any more. As far as Snowflake can be reached.
 */
async function cleanUp(
  options: SnowflakeWarehouseOptions,
  session: SnowflakeSession,
  failure: unknown,
): Promise<void> {
  const broken = failure instanceof SnowflakeError && /^(session|network|timeout)$/.test(failure.failure);
  const { transaction } = session;
  const work = async (able: SnowflakeSession) => {
    if (broken) await endTransaction(able, transaction);
    await able.discardFiles(transaction);
  };
  await (broken ? withSnowflake(options, work) : work(session)).catch(() => {});
}

/**
 * Loads of several machines take turns, each from its first statement to its COMMIT. Files that came into the ledger since it was
 * read would be in it twice.
 */
async function mustBeAlone(session: SnowflakeSession, files: number): Promise<void> {
  await session.run('UPDATE warehouse_model SET loads = loads + 1');
  const [ledger] = await session.query(
    'SELECT COUNT(*) AS files FROM (SELECT DISTINCT dataset, file_key FROM load_ledger) f',
  );
  if (Number(ledger?.files) !== files)
    throw new SnowflakeError('lock', 'Another load has brought files in meanwhile: load again');
}

async function modelOf(session: SnowflakeSession): Promise<string | undefined> {
  const [model] = await session.query('SELECT digest FROM warehouse_model');
  return model?.digest ?? undefined;
}

function filesOf(ledger: Ledger, news: NewFiles): KnownFiles['files'] {
  const keys = [...ledger].map((key) => key.split('\n') as [string, string]);
  return Object.fromEntries(
    datasets.map(({ name }) => [
      name,
      [
        ...keys.filter(([dataset]) => dataset === name).map(([, key]) => key),
        ...(news.files.get(name) ?? []).map(({ key }) => key),
      ],
    ]),
  );
}

const model = (): string => modelDigest(snowflakeDialect);

const nothingNew = (through: string | null): LoadResult => ({ files: 0, rows: 0, written: {}, through });

const targetOf = ({ account, database, schema }: SnowflakeOptions): string =>
  [account, database, schema].join('/').toUpperCase();

const otherModel = ({ database, schema }: SnowflakeOptions): WarehouseError =>
  new WarehouseError(
    `The tables in ${database}.${schema} were made by another version of Tidemark. \`tidemark warehouse init --rebuild\` makes them anew; the next load fills them from the lake`,
  );
