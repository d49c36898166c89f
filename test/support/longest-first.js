const { relative } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Seconds that the long suites take. Where Jest has measured a suite on this machine, that counts instead.
 */
const SECONDS = {
  'test/oracle/online-retail.slow.spec.ts': 158,
  'test/faults/projectors.servers.spec.ts': 78,
  'src/export/exporter-on-s3.servers.spec.ts': 150,
  'src/cli/stopping.long.spec.ts': 35,
  'src/bridge/broker-faults.servers.spec.ts': 57,
  'test/faults/bridge.servers.spec.ts': 53,
  'src/cli/warehouse.long.spec.ts': 50,
  'src/bridge/bridge.servers.spec.ts': 45,
  'src/read-model-changes/change-publisher.servers.spec.ts': 45,
  'test/faults/export.servers.spec.ts': 44,
  'src/cli/export.long.spec.ts': 95,
  'test/warehouse/any-order.long.spec.ts': 42,
  'src/lake/object-store/s3-faults.servers.spec.ts': 42,
  'test/eventstoredb.long.spec.ts': 41,
  'src/event-store/eventstoredb/eventstoredb.event-store.long.spec.ts': 40,
  'test/snippets.long.spec.ts': 40,
  'src/cli/lake-on-s3.servers.spec.ts': 40,
  'test/kafka-tools.servers.spec.ts': 37,
  'src/projections/live/partition-projector.servers.spec.ts': 36,
  'test/same-numbers.long.spec.ts': 35,
  'test/faults/warehouse.servers.spec.ts': 35,
  'test/consistency-under-load.slow.spec.ts': 32,
  'src/cli/start.e2e.spec.ts': 26,
  'src/cli/find-the-server.e2e.spec.ts': 18,
  'test/faults/workers.servers.spec.ts': 100,
  'src/cli/workers.e2e.spec.ts': 15,
  'test/same-numbers-on-kafka.servers.spec.ts': 30,
  'test/stack/stack.servers.spec.ts': 30,
  'src/postgres/advisory-lock.int.spec.ts': 30,
  'src/warehouse/snowflake/load-snowflake.long.spec.ts': 30,
  'src/event-store/eventstoredb/eventstoredb.faults.servers.spec.ts': 25,
  'src/projections/live/store-projector.int.spec.ts': 25,
  'src/cli/ways-in.long.spec.ts': 24,
  'src/bridge/eventstoredb.servers.spec.ts': 21,
  'src/warehouse/duckdb/duckdb-warehouse.long.spec.ts': 20,
  'test/faults/import.servers.spec.ts': 19,
  'test/deploy/airflow.servers.spec.ts': 19,
  'test/oracle/random-shop.slow.spec.ts': 17,
  'test/nothing-is-forgotten.unit.spec.ts': 17,
  'src/projections/progress/partition-tokens.servers.spec.ts': 16,
  'test/faults/lake-maintenance.servers.spec.ts': 16,
  'src/cli/private-files.e2e.spec.ts': 16,
  'test/faults/serving.servers.spec.ts': 16,
  'test/faults/sigterm.servers.spec.ts': 16,
  'src/kafka/security.servers.spec.ts': 15,
  'src/export/another-version.long.spec.ts': 15,
  'src/lake/maintenance/verify-lake.long.spec.ts': 45,
  'src/cli/projections.e2e.spec.ts': 15,
  'test/faults/replay.servers.spec.ts': 14,
  'src/warehouse/snowflake/connection.int.spec.ts': 14,
};

/**
 * Starts the longest suites first, so that no worker is left alone with one at the end. Jest knows durations
 * only from its last run; on a clean clone it starts with the largest files.
 */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => milliseconds(other) - milliseconds(one));
  }
};

const milliseconds = ({ path, duration, context: { config } }) =>
  duration ?? 1000 * (SECONDS[relative(config.rootDir, path)] ?? 0);

module.exports.SECONDS = SECONDS;
