import { existsSync } from 'node:fs';
import path from 'node:path';
import { WarehouseError } from '../errors';
import { dayStatements } from '../load/days';
import { lockHolder } from '../load/file-lock';
import { type Loaded, NOTHING_LOADED, readLoaded } from '../load/ledger';
import type { Holiday } from '../model/date.dimension';
import { duckDbDialect } from '../sql/duckdb.dialect';
import { modelDigest } from '../sql/model-digest';
import { DuckDbSession } from './duckdb-session';
import { type DuckDbOptions, type OpenDatabase, openDatabase } from './open';

export const WAREHOUSE_FILE = 'warehouse.duckdb';

export interface WarehouseOptions extends DuckDbOptions {
  /** folder of the warehouse; made where it is missing */
  folder: string;
}

/** Path of the file that readers open. */
export const warehouseFile = ({ folder }: WarehouseOptions): string => path.join(folder, WAREHOUSE_FILE);

/** The model that this version of the program makes. */
export const duckDbModel = (): string => modelDigest(duckDbDialect);

export interface Published {
  /** whether its tables are of this version of the model */
  isCurrent: boolean;
  /** whether dim_date has every year of sales, and the holidays as they are now */
  hasDays: boolean;
  /** empty where the tables are of another model: then everything has to be loaded anew */
  loaded: Loaded;
}

/** @returns undefined where there is no warehouse */
export async function readPublished(
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
    if (model?.digest !== duckDbModel()) return { isCurrent: false, hasDays: false, loaded: NOTHING_LOADED };
    const hasDays = (await dayStatements(session, holidays)).length === 0;
    return { isCurrent: true, hasDays, loaded: await readLoaded(session) };
  } finally {
    database.close();
  }
}

/**
 * Opens the file that readers see.
 * @throws WarehouseError when there is none, when another program writes to it, and when it is no warehouse
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
