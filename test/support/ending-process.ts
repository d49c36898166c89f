// A process that ends by `endProcess` while a query of DuckDB runs: `plain` in DuckDB alone, `rows` of
// which JavaScript gives the rows, `deaf` that no interrupt reaches. It should end with exit code 7.
import { setTimeout as delay } from 'node:timers/promises';
import { DuckDBInstance, DuckDBTableFunction, INTEGER } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { trackConnection } from '../../src/duckdb/open-connections';
import { endProcess, listenForShutdown } from '../../src/runtime/shutdown';

const ENDLESS: Record<string, string> = {
  plain: 'SELECT count(*) FROM range(100000000000) t(a), range(1000) u(b) WHERE a * b % 7 = 3',
  rows: 'SELECT count(*) FROM endless()',
};

async function main(kind = ''): Promise<void> {
  const shutdown = listenForShutdown();
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  connection.registerTableFunction(
    DuckDBTableFunction.create({
      name: 'endless',
      bindFunction: (info) => info.addResultColumn('a', INTEGER),
      initFunction: () => {},
      mainFunction: (_, { chunk }) => duckdb.data_chunk_set_size(chunk, 2048),
    }),
  );
  const query = connection.run(ENDLESS[kind] ?? (ENDLESS.rows as string));
  const forget = trackConnection(
    kind === 'deaf' ? Object.assign(connection, { interrupt() {} }) : connection,
  );
  query.catch(() => {}).finally(forget);
  process.exitCode = 7;
  process.stdout.write('running\n');
  if (kind === 'deaf') await shutdown.requested.catch(() => {});
  else await delay(200);
  await endProcess();
}

void main(process.argv[2]);
