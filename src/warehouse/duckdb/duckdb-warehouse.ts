import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { WarehouseError } from '../errors';
import type { LakeFiles } from '../lake-files';
import { lockHolder } from '../load/file-lock';
import { fillDays } from '../load/fill-days';
import { type Loaded, NOTHING_LOADED, readLoaded } from '../load/ledger';
import { type LoadOptions, type LoadResult, loadFiles, nothingNew } from '../load/load-files';
import { lockLoads } from '../load/load-lock';
import { findNewFiles } from '../load/new-files';
import type { Holiday } from '../model/date.dimension';
import { warehouseModel } from '../model/ledger';
import { commentOn } from '../sql/comments';
import { createTable, initStatements } from '../sql/ddl';
import { modelDigest } from '../sql/model-digest';
import { DuckDbSession } from './duckdb-session';
import { type DuckDbOptions, type OpenDatabase, openDatabase } from './open';
import { copyPublished, removeWorkingCopy, replacePublished, workingCopy } from './publication';

export const WAREHOUSE_FILE = 'warehouse.duckdb';

export interface WarehouseOptions extends DuckDbOptions {
  /** of the warehouse; made where it is missing */
  folder: string;
}

/** Path of the file that readers open. */
export const warehouseFile = ({ folder }: WarehouseOptions): string => path.join(folder, WAREHOUSE_FILE);

/**
 * - `made`: an empty one is there now
 * - `kept`: one of this model was there
 * - `outdated`: one of another version of the model was there, and readers keep it until the next load has
 *   built its successor
 */
export type InitOutcome = 'made' | 'kept' | 'outdated';

/**
 * Makes a warehouse without rows, unless there is one.
 * @param rebuild makes one whatever there is; who has the old one open goes on reading that
 * @throws WarehouseError while a load is going on; then nothing is changed
 */
export function initWarehouse(options: WarehouseOptions, { rebuild = false } = {}): Promise<InitOutcome> {
  return exclusively(options, async (file) => {
    const published = rebuild ? undefined : await readPublished(file, options);
    if (published) return published.current ? 'kept' : 'outdated';
    await build(file, options, { from: 'nothing', work: async () => {} });
    return 'made';
  });
}

/**
 * Brings the warehouse up to what the lake has. It is built in a copy that takes the place of the published
 * file at the end, in one step: readers are never in the way and never see a part, and a load that dies
 * leaves the published file as it was. Without new files and other holidays nothing is touched. A warehouse
 * of another version of the model is built anew.
 * @throws WarehouseError while another load is going on, when it was filled from another lake, or when a file
 *   is not as the lake's table says
 */
export function loadWarehouse(
  options: WarehouseOptions,
  lake: LakeFiles,
  load: LoadOptions = {},
): Promise<LoadResult> {
  return exclusively(options, async (file) => {
    const published = await readPublished(file, options, load.holidays);
    const news = await findNewFiles(lake, published?.loaded ?? NOTHING_LOADED);
    if (published?.current && news.count === 0 && published.hasDays)
      return nothingNew(published.loaded.through);
    const from = published?.current ? 'published' : 'nothing';
    const loaded = { step: 'publish' as const, name: file, filesRead: news.count, filesTotal: news.count };
    return build(file, options, {
      from,
      signal: load.signal,
      work: (session) => loadFiles(session, news, load),
      onBuilt: ({ rows }) => load.onProgress?.({ ...loaded, rows }),
    });
  });
}

async function exclusively<T>(options: WarehouseOptions, work: (file: string) => Promise<T>): Promise<T> {
  await mkdir(options.folder, { recursive: true });
  const file = warehouseFile(options);
  const release = await lockLoads(`${file}.lock`);
  try {
    await removeWorkingCopy(file);
    return await work(file);
  } finally {
    release();
  }
}

interface Build<T> {
  from: 'published' | 'nothing';
  signal?: AbortSignal;
  work(session: DuckDbSession): Promise<T>;
  /** before it is published */
  onBuilt?(result: T): void;
}

/**
 * Works in a copy of the published file, or in a new one, and publishes it. After an error nothing is left.
 */
async function build<T>(
  file: string,
  options: WarehouseOptions,
  { from, signal, work, onBuilt }: Build<T>,
): Promise<T> {
  try {
    if (from === 'published') await copyPublished(file);
    const database = await openDatabase(workingCopy(file), 'READ_WRITE', options);
    const interrupt = () => database.connection.interrupt();
    signal?.addEventListener('abort', interrupt);
    let result: T;
    try {
      const session = new DuckDbSession(database.connection);
      if (from === 'nothing') await initialise(session);
      result = await work(session);
      await session.run('CHECKPOINT');
    } finally {
      signal?.removeEventListener('abort', interrupt);
      database.close();
    }
    onBuilt?.(result);
    await replacePublished(file);
    return result;
  } catch (error) {
    await removeWorkingCopy(file);
    // A statement that was interrupted says so in DuckDB's words.
    signal?.throwIfAborted();
    throw error;
  }
}

async function initialise(session: DuckDbSession): Promise<void> {
  const { dialect } = session;
  for (const { sql } of initStatements(dialect)) await session.run(sql);
  await session.run(createTable(dialect, warehouseModel));
  for (const { sql } of commentOn(dialect, 'TABLE', warehouseModel)) await session.run(sql);
  await session.run(`INSERT INTO warehouse_model (digest) VALUES ('${modelDigest()}')`);
}

interface Published {
  /** of this version of the model */
  current: boolean;
  /** dim_date is as it has to be */
  hasDays: boolean;
  /** nothing when it is of another model: all of it has to be loaded anew */
  loaded: Loaded;
}

async function readPublished(
  file: string,
  options: DuckDbOptions,
  holidays: readonly Holiday[] = [],
): Promise<Published | undefined> {
  if (!existsSync(file)) return undefined;
  const database = await openPublished(file, options);
  try {
    const session = new DuckDbSession(database.connection);
    const tables = await session.query("SELECT 1 FROM duckdb_tables() WHERE table_name = 'warehouse_model'");
    const [model] = tables.length > 0 ? await session.query('SELECT digest FROM warehouse_model') : [];
    if (model?.digest !== modelDigest()) return { current: false, hasDays: false, loaded: NOTHING_LOADED };
    const hasDays = (await fillDays(session, holidays)).length === 0;
    return { current: true, hasDays, loaded: await readLoaded(session) };
  } finally {
    database.close();
  }
}

/**
 * Opens what readers see.
 * @throws WarehouseError when there is none, another program writes to it, or what stands there is no
 *   warehouse
 */
export async function openPublished(file: string, options: DuckDbOptions): Promise<OpenDatabase> {
  if (!existsSync(file)) {
    throw new WarehouseError(`There is no warehouse at ${file} yet; \`tidemark warehouse load\` makes it`);
  }
  try {
    return await openDatabase(file, 'READ_ONLY', options);
  } catch (error) {
    const holder = lockHolder(error);
    if (holder !== undefined)
      throw new WarehouseError(`${file} is open for writing in ${holder}; close it there and try again`);
    const reason = error instanceof Error ? error.message : String(error);
    throw new WarehouseError(
      `${file} cannot be opened: ${reason}\nIt holds nothing but what the lake has: remove it and load again`,
    );
  }
}
