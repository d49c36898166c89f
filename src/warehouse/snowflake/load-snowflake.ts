import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { LakeFiles } from '../lake-files';
import { fillDays } from '../load/fill-days';
import { type Ledger, readLoaded } from '../load/ledger';
import { type LoadOptions, type LoadResult, loadFiles, nothingNew } from '../load/load-files';
import { lockLoads } from '../load/load-lock';
import { findNewFiles, type NewFiles } from '../load/new-files';
import { clearAway, clearAwayDead, dropLeftovers } from './clear-away';
import { isUnanswered, SnowflakeError, UnknownCommitError } from './errors';
import { forgetKnownFiles, ledgerOf, readKnownFiles, writeKnownFiles } from './known-files';
import { mustBeCommitted } from './lost-commit';
import type { SnowflakeOptions } from './options';
import type { SnowflakeSession } from './snowflake-session';
import { forgetLoad, noteLoad, unfinishedLoad } from './unfinished-load';
import { mustBeOfThisModel, snowflakeModel, targetOf } from './warehouse-model';
import { type SnowflakeWarehouseOptions, withSnowflake } from './with-snowflake';

/**
 * Brings the warehouse up to what the lake has, in one transaction. Where every live file is known from
 * earlier loads of this machine, Snowflake is not asked anything. What is known is never more than a hint: as
 * soon as there is one file that is not, the ledger says what is new.
 * @throws SnowflakeError; WarehouseError when a file is not as the lake's table says, when the warehouse is
 *   of another version or was filled from another lake, or while this machine is loading it already
 */
export async function loadSnowflake(
  options: SnowflakeWarehouseOptions,
  lake: LakeFiles,
  load: LoadOptions = {},
): Promise<LoadResult> {
  const { folder } = options;
  const target = targetOf(options.snowflake);
  const model = snowflakeModel();
  const holidays = load.holidays ?? [];
  const known = await readKnownFiles(folder, target, model);
  if (known && isDeepStrictEqual(known.holidays, holidays) && known.lake === (await lake.identity())) {
    const news = await findNewFiles(lake, { lake: known.lake, ledger: ledgerOf(known) });
    if (news.count === 0) return nothingNew(known.through);
  }
  await mkdir(folder, { recursive: true });
  const release = await lockLoads(path.join(folder, 'snowflake-load.lock'));
  try {
    const { result, news } = await withSnowflake(options, (session) =>
      loadNews(options, session, lake, load),
    );
    const files = Object.fromEntries(news.live);
    const { through } = result;
    const stage = known?.stage ?? null;
    await writeKnownFiles(folder, { target, model, stage, lake: news.lake, through, holidays, files });
    return result;
  } catch (error) {
    // Whatever is wrong, the next init is to look.
    await forgetKnownFiles(folder);
    throw error;
  } finally {
    release();
  }
}

interface Loading {
  result: LoadResult;
  news: NewFiles;
}

async function loadNews(
  options: SnowflakeWarehouseOptions,
  session: SnowflakeSession,
  lake: LakeFiles,
  load: LoadOptions,
): Promise<Loading> {
  const { folder, snowflake } = options;
  const target = targetOf(snowflake);
  const dead = await unfinishedLoad(folder, target);
  if (dead !== undefined) await clearAwayDead(session, dead);
  await mustBeOfThisModel(session, snowflake);
  const loaded = await readLoaded(session);
  const news = await findNewFiles(lake, loaded);
  if (news.count === 0 && (await fillDays(session, load.holidays ?? [])).length === 0)
    return { result: nothingNew(loaded.through), news };
  await dropLeftovers(session, snowflake);
  await noteLoad(folder, { target, load: session.load });
  session.whenBegun = () => mustBeAlone(session, snowflake, loaded.ledger);
  const result = await loadOrFindOut(options, session, news, load);
  return { result: { ...result, through: result.through ?? loaded.through }, news };
}

/**
 * Whatever comes of it, nothing of the load stays besides its rows, as far as Snowflake can be reached; else
 * the next one sees to it.
 */
async function loadOrFindOut(
  options: SnowflakeWarehouseOptions,
  session: SnowflakeSession,
  news: NewFiles,
  load: LoadOptions,
): Promise<LoadResult> {
  let lost = false;
  try {
    return await loadFiles(session, news, load);
  } catch (error) {
    lost = error instanceof UnknownCommitError || isUnanswered(error);
    if (!(error instanceof UnknownCommitError)) throw error;
    await mustBeCommitted(options, session.load, news, error);
    return { files: news.count, rows: news.rows, written: {}, through: news.through };
  } finally {
    await (lost
      ? withSnowflake(options, (other) => clearAwayDead(other, session.load))
      : clearAway(session, session.load)
    ).then(
      () => forgetLoad(options.folder),
      () => {},
    );
  }
}

/**
 * Loads of several machines take turns, each from its first statement to its COMMIT. Files that came into the
 * ledger since it was read would be in it twice.
 */
async function mustBeAlone(
  session: SnowflakeSession,
  snowflake: SnowflakeOptions,
  before: Ledger,
): Promise<void> {
  await session.run(`UPDATE warehouse_model SET last_load = '${session.load}'`);
  await mustBeOfThisModel(session, snowflake);
  const { ledger } = await readLoaded(session);
  if (ledger.size !== before.size || [...ledger].some((file) => !before.has(file)))
    throw new SnowflakeError('lock', 'Another load has brought files in meanwhile: load again');
}
