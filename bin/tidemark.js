#!/usr/bin/env -S node --max-semi-space-size=64
// A batch of a replay lives for some hundred milliseconds: room for it among the young objects halves the
// garbage collector's work.
require('./check-node.js');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// A package comes built, without the sources; a clone is built when it must be.
if (existsSync(join(__dirname, '../scripts/build.js'))) {
  const { build, isStale } = require('../scripts/build.js');
  if (isStale()) {
    process.stderr.write('Building Tidemark ...\n');
    build();
  }
}

require('../dist/cli/main.js');
