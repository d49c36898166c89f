import { CliError, ExitCode } from '../errors';
import { printJson, printTable } from '../output';
import { openForReading, type WarehouseCommandOptions } from './open-target';

/** `tidemark warehouse export` */
export async function exportTables({
  target: name = 'duckdb',
  parquet,
  json,
}: WarehouseCommandOptions & { parquet: string }): Promise<void> {
  const { target } = await openForReading(name);
  if (!target.writeTables) throw new CliError('Only the DuckDB warehouse can be exported.', ExitCode.usage);
  const written = await target.writeTables(parquet);
  if (json) printJson(written);
  else printTable(Object.entries(written).map(([table, rows]) => ({ table, rows })));
}
