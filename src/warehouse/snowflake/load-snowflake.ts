import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { LakeFiles } from '../lake-files';
import { dayStatements } from '../load/days';
import { readLoaded } from '../load/ledger';
import { loadLake } from '../load/load';
import { lockLoads } from '../load/load-lock';
import type { LoadOptions, LoadResult } from '../load/load-options';
import type { LoadableWarehouse, OpenWarehouse } from '../load/loadable';
import { findNewFiles } from '../load/new-files';
import type { Holiday } from '../model/date.dimension';
import { clearAway, clearAwayDead, dropLeftovers } from './clear-away';
import { SnowflakeError } from './errors';
import { forgetKnownFiles, ledgerOf, readKnownFiles, writeKnownFiles } from './known-files';
import type { SnowflakeSession } from './snowflake-session';
import { forgetLoad, noteLoad, unfinishedLoad } from './unfinished-load';
import { mustBeOfThisModel, snowflakeModel, targetOf } from './warehouse-model';
import { type SnowflakeWarehouseOptions, withSnowflake } from './with-snowflake';

/**
 * Brings the warehouse up to what the lake has, see `loadLake`. Where this machine remembers every live file
 * from earlier loads, Snowflake is not asked. That memory is a hint only: as soon as one file is unknown, the
 * ledger says what is new.
 * @throws SnowflakeError; WarehouseError as `loadLake`, when the tables are of another version of the model,
 *   and while this machine is loading them already
 */
export const loadSnowflake = (
  options: SnowflakeWarehouseOptions,
  lake: LakeFiles,
  load?: LoadOptions,
): Promise<LoadResult> => loadLake(loadable(options), lake, load);

function loadable(options: SnowflakeWarehouseOptions): LoadableWarehouse {
  const { folder } = options;
  const target = targetOf(options.snowflake);
  const model = snowflakeModel();
  return {
    async recall(lake, holidays) {
      const known = await readKnownFiles(folder, target, model);
      if (!known || !isDeepStrictEqual(known.holidays, holidays)) return undefined;
      if (known.lake !== (await lake.identity())) return undefined;
      const { count } = await findNewFiles(lake, { lake: known.lake, ledger: ledgerOf(known) });
      return count === 0 ? known : undefined;
    },
    async open(holidays, work) {
      await mkdir(folder, { recursive: true });
      const release = await lockLoads(path.join(folder, 'snowflake-load.lock'));
      try {
        return await withSnowflake(options, async (session) =>
          work(await opened(options, session, holidays)),
        );
      } catch (error) {
        // What this machine remembers may be wrong: the next init and the next load have to ask.
        await forgetKnownFiles(folder);
        throw error;
      } finally {
        release();
      }
    },
    async remember({ news, through, holidays }) {
      const stage = (await readKnownFiles(folder, target, model))?.stage ?? null;
      const files = Object.fromEntries(news.live);
      await writeKnownFiles(folder, { target, model, stage, lake: news.lake, through, holidays, files });
    },
  };
}

async function opened(
  options: SnowflakeWarehouseOptions,
  session: SnowflakeSession,
  holidays: readonly Holiday[],
): Promise<OpenWarehouse> {
  const { folder, snowflake } = options;
  const dead = await unfinishedLoad(folder, targetOf(snowflake));
  if (dead !== undefined) await clearAwayDead(session, dead);
  await mustBeOfThisModel(session, snowflake);
  const loaded = await readLoaded(session);
  return {
    loaded,
    hasDays: async () => (await dayStatements(session, holidays)).length === 0,
    write: (_, work) => leavingNothing(options, session, () => work(session)),
    async mustBeUnchanged() {
      await mustBeOfThisModel(session, snowflake);
      const { ledger } = await readLoaded(session);
      if (ledger.size !== loaded.ledger.size || [...ledger].some((file) => !loaded.ledger.has(file)))
        throw new SnowflakeError('lock', 'Another load has brought files in meanwhile: load again');
    },
  };
}

/**
 * Removes the tables and staged files of the load, however `work` ends. Where Snowflake cannot be reached,
 * the next load of this machine does it: it finds the note.
 */
async function leavingNothing<T>(
  options: SnowflakeWarehouseOptions,
  session: SnowflakeSession,
  work: () => Promise<T>,
): Promise<T> {
  const { folder, snowflake } = options;
  const { load } = session;
  await dropLeftovers(session, snowflake);
  await noteLoad(folder, { target: targetOf(snowflake), load });
  try {
    return await work();
  } finally {
    const cleared = session.isBroken
      ? withSnowflake(options, (other) => clearAwayDead(other, load))
      : clearAway(session, load);
    await cleared.then(
      () => forgetLoad(folder),
      () => {},
    );
  }
}
