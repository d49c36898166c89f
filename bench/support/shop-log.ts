import { join } from 'node:path';
import { readConfig } from '../../src/runtime/config';
import { openRuntime, type Runtime } from '../../src/runtime/runtime';
import type { BenchOptions } from './bench';
import { type LogAppend, orderLog } from './order-log';

const APPENDS_AT_ONCE = 4_000;

/** The program's databases in a bench's folder, as the program itself opens them. */
export const openBenchRuntime = (folder: string): Promise<Runtime> =>
  openRuntime(readConfig({ TIDEMARK_DATA_DIR: join(folder, 'data') }), { applicationName: 'tidemark bench' });

/**
 * Fills an event store with the log of a shop, four events an order.
 * @param onlyPlaced one event an order: that it was placed
 */
export async function writeShopLog(
  { pool, store }: Runtime,
  orders: number,
  note: BenchOptions['note'],
  onlyPlaced = false,
): Promise<void> {
  const startedAt = performance.now();
  const log = onlyPlaced ? placements(orders) : orderLog(orders);
  const writer = async () => {
    for (const { stream, expected, event } of log) await store.append(stream, expected, [event]);
  };
  await Promise.all(Array.from({ length: APPENDS_AT_ONCE }, writer));
  await pool.query('VACUUM ANALYZE');
  const seconds = (performance.now() - startedAt) / 1000;
  note(
    `${((onlyPlaced ? 1 : 4) * orders).toLocaleString('en-US')} events written in ${seconds.toFixed(0)} s`,
  );
}

function* placements(orders: number): Generator<LogAppend> {
  for (const append of orderLog(orders))
    if (append.event.type === 'OrderPlaced' || append.event.type === 'StoreConfigured') yield append;
}
