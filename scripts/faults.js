// Makes the faults of test/faults many times and brings bench/FAULTS.md up to date:
// `npm run test:faults -- --rounds 20 export lake-maintenance`.
const { execFileSync, spawnSync } = require('node:child_process');
const { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { pageWith, rowsOfRun } = require('./faults-page');

const ROOT = join(__dirname, '..');
const FOLDER = 'test/faults';
const END = '.servers.spec.ts';
const PAGE = join(ROOT, 'bench/FAULTS.md');

const known = readdirSync(join(ROOT, FOLDER))
  .filter((name) => name.endsWith(END))
  .map((name) => name.slice(0, -END.length));
const { rounds, suites } = asked(process.argv.slice(2));
if (!(rounds > 0) || !suites.every((suite) => known.includes(suite))) {
  process.stderr.write(
    'Usage: npm run test:faults -- [--rounds N] [suite ...]\n' +
      `Suites are ${known.join(', ')}; default: all, 20 rounds.\n`,
  );
  process.exit(2);
}
const tried = commit();
for (const suite of suites) {
  const { outcome, results } = run(suite);
  // After each, so that a run that is broken off leaves what it has found.
  const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(PAGE, pageWith(page, [suite], rowsOfRun(suite, results, { outcome, date, commit: tried })));
  if (outcome !== 'passed') process.exitCode = 1;
}

function asked(args) {
  const at = args.indexOf('--rounds');
  const rest = at < 0 ? args : [...args.slice(0, at), ...args.slice(at + 2)];
  return {
    rounds: at < 0 ? 20 : /^\d+$/.test(args[at + 1]) ? Number(args[at + 1]) : 0,
    suites: rest.length === 0 ? known : [...new Set(rest)],
  };
}

/** @returns what the rounds of a suite told, and how it ended */
function run(suite) {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-faults-report-'));
  const report = join(folder, 'rounds.jsonl');
  try {
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    const args = ['--selectProjects', 'servers', '--runInBand', '--runTestsByPath'];
    const { status } = spawnSync(process.execPath, [jest, ...args, `${FOLDER}/${suite}${END}`], {
      cwd: ROOT,
      stdio: 'inherit',
      env: {
        ...process.env,
        TIDEMARK_FAULT_ROUNDS: String(rounds),
        TIDEMARK_FAULT_REPORT: report,
        // A suite that is skipped would make no fault.
        CI: 'true',
      },
    });
    const lines = existsSync(report) ? readFileSync(report, 'utf8').trim().split('\n') : [];
    return { outcome: status === 0 ? 'passed' : 'FAILED', results: lines.map((line) => JSON.parse(line)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What was tried; the page itself does not count as a change. */
function commit() {
  const git = (...args) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
  const changes = git('status', '--porcelain', '--', '.', ':!bench/FAULTS.md');
  return `${git('rev-parse', '--short', 'HEAD')}${changes ? '+' : ''}`;
}
