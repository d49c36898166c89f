import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { WarehouseError } from '../errors';
import { starTables, views } from '../model/catalogue';
import { copyQuery } from './copy-query';
import { openPublished, type WarehouseOptions, warehouseFile } from './published';

/**
 * A folder within the folder of an export. It holds the new files until all are complete, and the old ones
 * while they are replaced.
 */
const UNFINISHED = '.unfinished';

/**
 * Writes the star schema and every view to a folder, one Parquet file each, named after it. All files are of
 * one load. The folder is made where it is missing. Files of an earlier export are replaced when all the new
 * ones are complete: every old file leaves before the first new one comes. A reader may miss a file for a
 * moment, but never finds files of two loads side by side. One export into a folder at a time.
 * @returns the rows of each table and view, by name
 * @throws WarehouseError when there is no warehouse; Error of the file system, and the old files are as they
 *   were
 */
export async function exportTables(
  options: WarehouseOptions,
  folder: string,
): Promise<Record<string, number>> {
  const database = await openPublished(warehouseFile(options), options);
  const unfinished = path.join(folder, UNFINISHED);
  try {
    // An export that was killed leaves its folder.
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await mkdir(unfinished);
    await mkdir(path.join(unfinished, 'new'));
    const rows: Record<string, number> = {};
    for (const { name } of [...starTables, ...views]) {
      const file = path.join(unfinished, 'new', fileOf(name));
      rows[name] = await copyQuery(database.connection, `SELECT * FROM ${name}`, {
        path: file,
        format: 'parquet',
      });
    }
    await changePlaces(folder, Object.keys(rows).map(fileOf));
    return rows;
  } finally {
    database.close();
    await rm(unfinished, { recursive: true, force: true });
  }
}

const fileOf = (name: string): string => `${name}.parquet`;

/** Replaces the old files by the new ones. An error brings the old ones back. */
async function changePlaces(folder: string, files: readonly string[]): Promise<void> {
  const replaced: string[] = [];
  for (const file of files) if (await isThere(path.join(folder, file))) replaced.push(file);
  const oldFolder = path.join(folder, UNFINISHED, 'old');
  const newFolder = path.join(folder, UNFINISHED, 'new');
  await mkdir(oldFolder);
  const moves: { from: string; to: string }[] = [];
  const move = async (from: string, to: string) => {
    await rename(from, to);
    moves.push({ from, to });
  };
  try {
    for (const file of replaced) await move(path.join(folder, file), path.join(oldFolder, file));
    for (const file of files) await move(path.join(newFolder, file), path.join(folder, file));
  } catch (error) {
    for (const { from, to } of moves.reverse()) await rename(to, from);
    throw error;
  }
}

/** @throws WarehouseError when a folder stands there: it is nobody's to take away */
async function isThere(file: string): Promise<boolean> {
  const info = await stat(file).catch(() => undefined);
  if (info && !info.isFile()) throw new WarehouseError(`${file} is in the way: a folder`);
  return info !== undefined;
}
