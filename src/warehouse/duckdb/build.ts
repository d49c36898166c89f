import { mkdir } from 'node:fs/promises';
import { lockLoads } from '../load/load-lock';
import { warehouseModel } from '../model/ledger';
import { commentOn } from '../sql/comments';
import { createTable, initStatements } from '../sql/ddl';
import { DuckDbSession } from './duckdb-session';
import { openDatabase } from './open';
import { copyPublished, removeWorkingCopy, replacePublished, workingCopy } from './publication';
import { duckDbModel, type WarehouseOptions, warehouseFile } from './published';

/**
 * Runs `work` while no other process builds this warehouse.
 * @throws WarehouseError while another one does
 */
export async function exclusively<T>(
  options: WarehouseOptions,
  work: (file: string) => Promise<T>,
): Promise<T> {
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
  /** called when the copy is complete, before it is published */
  onBuilt?(result: T): void;
}

/**
 * Runs `work` over a copy of the published file, or over a new one, and then publishes that. An error leaves
 * the published file as it was, and no copy.
 */
export async function build<T>(
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
    // DuckDB words the error of an interrupted statement itself; the reason of the signal is the one to show.
    signal?.throwIfAborted();
    throw error;
  }
}

/** One transaction: some four hundred comments, each synced to the disk by itself, would take seconds. */
async function initialise(session: DuckDbSession): Promise<void> {
  const { dialect } = session;
  await session.transaction(async () => {
    for (const { sql } of initStatements(dialect)) await session.run(sql);
    await session.run(createTable(dialect, warehouseModel));
    for (const { sql } of commentOn(dialect, 'TABLE', warehouseModel)) await session.run(sql);
    await session.run(`INSERT INTO warehouse_model (digest) VALUES ('${duckDbModel()}')`);
  });
}
