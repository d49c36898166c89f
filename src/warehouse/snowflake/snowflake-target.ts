import type { WarehouseTarget } from '../target';
import { initSnowflake } from './init-snowflake';
import { loadSnowflake } from './load-snowflake';
import { querySnowflake } from './query-snowflake';
import { verifySnowflake } from './verify-snowflake';
import type { SnowflakeWarehouseOptions } from './with-snowflake';

/** A schema of a Snowflake account. */
export function snowflakeTarget(options: SnowflakeWarehouseOptions): WarehouseTarget {
  const { account, database, schema } = options.snowflake;
  return {
    description: `Snowflake ${account}, ${database}.${schema}`,
    init: (init) => initSnowflake(options, init),
    load: (lake, load) => loadSnowflake(options, lake, load),
    verify: (lake, store, verifying) => verifySnowflake(options, lake, store, verifying),
    query: (sql, use) => querySnowflake(options, sql, use),
  };
}
