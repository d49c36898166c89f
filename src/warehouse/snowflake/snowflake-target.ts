import { type WarehouseTarget } from '../target/warehouse-target';
import { describeSnowflake } from './describe-snowflake';
import { initSnowflake } from './init-snowflake';
import { loadSnowflake } from './load-snowflake';
import { querySnowflake, throughOf } from './query-snowflake';
import { verifySnowflake } from './verify-snowflake';
import { type SnowflakeWarehouseOptions, withConnection } from './with-snowflake';

/** A schema of a Snowflake account. */
export function snowflakeTarget(options: SnowflakeWarehouseOptions): WarehouseTarget {
  const { account, database, schema } = options.snowflake;
  return {
    description: `Snowflake ${account}, ${database}.${schema}`,
    isLocal: false,
    init: (init) => initSnowflake(options, init),
    load: (lake, load) => loadSnowflake(options, lake, load),
    verify: (lake, store, verifying) => verifySnowflake(options, lake, store, verifying),
    through: () => withConnection(options, throughOf),
    describe: () => describeSnowflake(options),
    query: (sql, use) => querySnowflake(options, sql, use),
  };
}
