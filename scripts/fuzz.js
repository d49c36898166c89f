// Sends random requests to a fresh build: `npm run fuzz -- --requests 1000000 --seed 1`.
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { build, isStale } = require('./build');

if (isStale()) build();
const runTypescript = join(__dirname, '../test/support/run-typescript.js');
const { status } = spawnSync(
  process.execPath,
  [runTypescript, join(__dirname, '../test/fuzz/run.ts'), ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
