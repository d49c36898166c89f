// Runs the benches of bench/ against a fresh build: `node scripts/bench.js [name ...] [--profile folder]`.
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { build, isStale } = require('./build');

if (isStale()) build();
const runTypescript = join(__dirname, '../test/support/run-typescript.js');
const { status } = spawnSync(
  process.execPath,
  [runTypescript, join(__dirname, '../bench/run.ts'), ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
