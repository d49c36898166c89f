// Runs a TypeScript file in a Node process of its own: `node test/support/run-typescript.js script.ts
// [arguments]`.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join, resolve } = require('node:path');
const { transformSync } = require('@swc/core');

const configFile = join(__dirname, '../../.swcrc');

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), { filename, configFile });
  module._compile(code, filename);
};

// Lazy imports name the compiled file.
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) =>
  resolveFilename(/^\.{1,2}\/.*\.js$/.test(request) ? request.slice(0, -'.js'.length) : request, ...rest);

process.argv.splice(1, 1);
process.argv[1] = resolve(process.argv[1]);
require(process.argv[1]);
