import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { initSnowflake } from '../../../src/warehouse/snowflake/init-snowflake';
import { loadSnowflake } from '../../../src/warehouse/snowflake/load-snowflake';
import { movingShop } from '../warehouse/moving-shop';
import { optionsFor } from './account';
import type { SnowflakeDouble } from './double';
import type { LoadTask } from './load-process';
import { movingShopInDuckDb, SnowflakeWarehouse } from './warehouse';

const RUN_TYPESCRIPT = path.join(__dirname, '../run-typescript.js');
const LOAD_PROCESS = path.join(__dirname, 'load-process.ts');

/** A shop whose first half is in Snowflake. The other half is in the lake only. */
export async function halfLoadedShop(double: SnowflakeDouble): Promise<SnowflakeWarehouse> {
  const events = movingShop();
  const half = Math.floor(events.length / 2);
  const warehouse = await SnowflakeWarehouse.create(optionsFor(double));
  await initSnowflake(warehouse.options());
  await warehouse.lake.addEvents(events.slice(0, half));
  await loadSnowflake(warehouse.options(), warehouse.lake);
  const settings = events.find(({ type }) => type === 'StoreConfigured')?.data as never;
  await warehouse.lake.addEvents(events.slice(half), settings);
  return warehouse;
}

/** Expects that the next load brings everything in, once, and that nothing of the dead one is left. */
export async function expectWholeAfterLoad(
  double: SnowflakeDouble,
  warehouse: SnowflakeWarehouse,
): Promise<void> {
  await loadSnowflake(warehouse.options(), warehouse.lake);
  expect(await warehouse.everything()).toEqual(await movingShopInDuckDb());
  expect(await warehouse.ledgerRows()).toBe(warehouse.lake.all().length);
  expect(await warehouse.scratchTables()).toEqual([]);
  expect(await double.stagedFiles()).toEqual([]);
}

/**
 * Loads in a process of its own, and kills that while a statement is on its way. The double still runs the
 * statement.
 * @param on matches the statement
 * @param after so many matching statements are let pass first
 * @returns whether the load came that far
 */
export async function killLoad(
  double: SnowflakeDouble,
  warehouse: SnowflakeWarehouse,
  on: RegExp,
  after = 0,
): Promise<boolean> {
  const task: LoadTask = {
    options: warehouse.options(),
    identity: await warehouse.lake.identity(),
    through: await warehouse.lake.through(),
    files: await Promise.all(
      warehouse.lake.all().map(async ([dataset, file]) => ({ dataset, file, path: await file.localPath() })),
    ),
  };
  let loading: ChildProcess;
  let killed = false;
  double.before(
    on,
    async () => {
      killed = true;
      const ended = once(loading, 'exit');
      loading.kill('SIGKILL');
      await ended;
    },
    after,
  );
  loading = spawn(process.execPath, [RUN_TYPESCRIPT, LOAD_PROCESS, JSON.stringify(task)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(loading, 'close');
  return killed;
}
