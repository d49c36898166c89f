// Writes deploy/spark from the datasets, building first when dist is older than its source.
const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { build, isStale } = require('./build');

if (isStale()) build();
const { sparkFiles } = require('../dist/spark/files');

for (const [path, text] of sparkFiles()) {
  const file = join(__dirname, '../deploy/spark', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
