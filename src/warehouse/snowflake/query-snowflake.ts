import { WarehouseError } from '../errors';
import { type QueryAnswer, REPORTING_DIGITS, THROUGH } from '../target/query-answer';
import type { ConnectionHooks, SnowflakeConnection } from './connection';
import { type SnowflakeWarehouseOptions, withConnection } from './with-snowflake';

/** Comments, then the first word of a query. Snowflake itself refuses more than one statement. */
const QUERY = /^\s*(?:(?:--[^\n]*\n|\/\*[\s\S]*?\*\/)\s*)*(?:SELECT|WITH|SHOW|DESCRIBE|DESC|EXPLAIN)\b/i;

/**
 * Runs one query and hands the result to `use`, which gets the rows while they arrive.
 * @throws WarehouseError for anything but a query; SnowflakeError
 */
export async function querySnowflake<T>(
  options: Pick<SnowflakeWarehouseOptions, 'snowflake' | 'folder' | keyof ConnectionHooks>,
  sql: string,
  use: (answer: QueryAnswer) => Promise<T>,
): Promise<T> {
  if (!QUERY.test(sql)) throw new WarehouseError('Only queries are allowed here');
  return withConnection(options, (connection) =>
    connection.stream(sql, (result) =>
      use({
        ...result,
        reportingDigits: () => reportingDigits(connection),
        through: () => throughOf(connection).catch(() => undefined),
      }),
    ),
  );
}

/** @throws SnowflakeError, also where the schema is somebody else's and lacks the table */
export async function throughOf(connection: SnowflakeConnection): Promise<string | null> {
  return (await connection.execute(THROUGH)).rows[0]?.[0] ?? null;
}

/** @returns undefined also where the schema is somebody else's and lacks the table */
async function reportingDigits(connection: SnowflakeConnection): Promise<number | undefined> {
  const found = await connection.execute(REPORTING_DIGITS).catch(() => undefined);
  const digits = found?.rows[0]?.[0];
  return digits ? Number(digits) : undefined;
}
