import { WarehouseError } from '../errors';
import type { ConnectionHooks, SnowflakeColumn, TextRow } from './connection';
import { type SnowflakeWarehouseOptions, withConnection } from './with-snowflake';

/** Comments, and how queries begin. That it is a single one, the service sees to. */
const QUERY = /^\s*(?:(?:--[^\n]*\n|\/\*[\s\S]*?\*\/)\s*)*(?:SELECT|WITH|SHOW|DESCRIBE|DESC|EXPLAIN)\b/i;

/**
 * Runs one query and hands its result to `use`, which takes the rows while they arrive.
 * @throws WarehouseError for anything but a query; SnowflakeError
 */
export async function querySnowflake<T>(
  options: Pick<SnowflakeWarehouseOptions, 'snowflake' | 'folder' | keyof ConnectionHooks>,
  sql: string,
  use: (result: { columns: SnowflakeColumn[]; rows: AsyncIterable<TextRow> }) => Promise<T>,
): Promise<T> {
  if (!QUERY.test(sql)) throw new WarehouseError('Only queries are allowed here');
  return withConnection(options, (connection) => connection.stream(sql, use));
}
