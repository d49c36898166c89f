// Compiles src into dist: `node scripts/build.js`, or with --if-stale only when dist is older than its
// source.
const { spawnSync } = require('node:child_process');
const {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} = require('node:fs');
const { dirname, join } = require('node:path');

const ROOT = join(__dirname, '..');
const SOURCE = join(ROOT, 'src');
const TARGET = join(ROOT, 'dist');
const STAMP = join(TARGET, '.built');
/** On the same file system as dist, so that a rename suffices. */
const SCRATCH = join(ROOT, '.cache/build');
const NOT_BUILT = /\.(spec|features)\.ts$|[/\\]features[/\\]/;

/**
 * True when dist is missing, or older than anything it is made from. A package without its source is never
 * stale.
 */
function isStale() {
  if (!existsSync(SOURCE)) return false;
  const built = statSync(STAMP, { throwIfNoEntry: false })?.mtimeMs;
  if (built === undefined) return true;
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package.json'].map((name) => join(ROOT, name));
  return [...settings, ...walk(SOURCE)].some((path) => statSync(path).mtimeMs > built);
}

/** Folders are included: their time changes when a file in them is removed or renamed. */
function* walk(folder) {
  yield folder;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (!NOT_BUILT.test(path)) yield path;
  }
}

/**
 * Builds into a temporary folder and renames it, so that nobody ever sees half a dist, whether the build is
 * stopped or two run at once.
 */
function build() {
  const startedAt = new Date();
  if (!existsSync(join(ROOT, 'node_modules/typescript')))
    fail('TypeScript is not installed, and dist/ is missing or out of date. Run npm ci first.');
  mkdirSync(SCRATCH, { recursive: true });
  const output = mkdtempSync(join(SCRATCH, 'new-'));
  process.once('exit', () => rmSync(output, { recursive: true, force: true }));
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(
    process.execPath,
    [compiler, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', output],
    { stdio: ['ignore', 2, 2] },
  );
  if (status !== 0) fail('The build failed: the compiler reported the errors above.');
  copyAssets(SOURCE, output);
  const stamp = join(output, '.built');
  writeFileSync(stamp, '');
  utimesSync(stamp, startedAt, startedAt);
  publish(output);
}

/** What the program reads at run time beside its code: SQL above all. */
function copyAssets(from, to) {
  for (const path of walk(from)) {
    if (statSync(path).isDirectory() || /\.(ts|md)$/.test(path)) continue;
    const copy = join(to, path.slice(from.length));
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(path, copy);
  }
}

function publish(output) {
  for (let attempt = 0; ; attempt++) {
    const old = mkdtempSync(join(SCRATCH, 'old-'));
    try {
      if (existsSync(TARGET)) renameSync(TARGET, join(old, 'dist'));
      renameSync(output, TARGET);
      return;
    } catch (error) {
      // Another build replaced or removed it in between.
      if (attempt >= 9 || !['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(error.code)) throw error;
    } finally {
      rmSync(old, { recursive: true, force: true });
    }
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

module.exports = { build, isStale };

if (require.main === module && !(process.argv.includes('--if-stale') && !isStale())) build();
