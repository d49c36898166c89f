// Runs Kafka, Postgres and every role as a process of its own, from a fresh build: `npm run stack -- --help`.
require('../bin/check-node.js');
const { join } = require('node:path');
const { build, isStale } = require('./build');

if (isStale()) build();
// In this process and not in one below it: that would get Ctrl-C twice, and this one would be gone before it
// had stopped.
process.argv.splice(
  1,
  1,
  join(__dirname, '../test/support/run-typescript.js'),
  join(__dirname, '../stack/run.ts'),
);
require('../test/support/run-typescript.js');
