/**
 * A program that loads a lake (URL in `arguments[2]`) into a warehouse (folder in `arguments[3]`) and kills
 * itself at step number `arguments[4]`. A step is each statement, each file that is copied, synced or
 * renamed, and the end.
 */
import fs from 'node:fs/promises';
import { openLake } from '../../../src/lake/open-lake';
import { DuckDbSession } from '../../../src/warehouse/duckdb/duckdb-session';
import { loadWarehouse } from '../../../src/warehouse/duckdb/duckdb-warehouse';
import { localFiles } from '../../../src/warehouse/load/local-files';
import { tableFiles } from '../../../src/warehouse/load/table-files';

const [, , url = '', folder = '', killAt = ''] = process.argv;

let step = 0;
function pass(): void {
  step += 1;
  if (step === Number(killAt)) process.kill(process.pid, 'SIGKILL');
}

function passBefore<K extends string>(owner: Record<K, (...args: never[]) => unknown>, name: K): void {
  const original = owner[name];
  owner[name] = function (this: unknown, ...args: never[]) {
    pass();
    return original.apply(this, args);
  };
}

async function main(): Promise<void> {
  const lake = await openLake({ url });
  const { localPath } = await localFiles(lake.store, { folder });
  const files = tableFiles(lake, localPath);
  passBefore(DuckDbSession.prototype, 'run');
  passBefore(DuckDbSession.prototype, 'fill');
  for (const name of ['copyFile', 'open', 'rename'] as const) passBefore(fs as never, name);
  await loadWarehouse({ folder, threads: 1 }, files);
  pass();
  await lake.close();
}

void main();
