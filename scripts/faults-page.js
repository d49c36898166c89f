// The page bench/FAULTS.md: a row for each fault of a suite. It comes from several runs, each of which writes
// the rows of its suites.

const TITLES = ['suite', 'fault', 'rounds', 'lost', 'doubled', 'outcome', 'date', 'commit'];

const PREFACE = `# Fault rounds

Written by \`npm run test:faults\`, which runs the suites of \`test/faults\`, or those that it is given, and
keeps the rows of the others. Each round makes the fault at a random point.

- Import, replay and server: every second round also kills every process of the embedded PostgreSQL. The
  program is started again. Then the log is compared with what was asked (events lost, events doubled), and
  the read models with those of an undisturbed run or of a rebuild.
- Workers (projector and exporter of a \`start\`, and \`start\` itself): every request has to be answered
  while a worker is killed, and no process may outlive its \`start\`. Read models, lake and warehouse are
  compared with the log.
- With Kafka (bridge, broker, projector, Postgres, API process): orders keep being appended meanwhile. The
  topics are compared with the log (lost, doubled, out of order). Where projectors run, the read models are
  compared with a rebuild from the event store.
- The lake (export, also while it tidies, two exporters, compaction, expiry): orders keep being appended
  meanwhile. Every table is compared row by row with the log, and with what DuckDB and pyiceberg read. "In
  turn": a round kills at each 20th write and the next round at the ones after those, so 20 rounds kill at
  every write of a run. A kill counts as a round.
- The lake on S3: a round kills an exporter at each step of a cut with a file that is sent in parts (the
  decision, the beginning of the upload, a part, its completion, a manifest, the commit, the note of it), in
  turn before and after the server has done it.
- The warehouse: orders keep being appended and exported meanwhile. After each kill readers find the rows of
  the files in the ledger and no others. At the end every table is compared with that of a clean load (rows
  lost, rows doubled), and the ledger with the files of the lake. "In turn": a round kills at each 20th step
  (statement, copy, sync, rename) and the next round at the ones after those, some eight kills each, so 20
  rounds kill at every step of a first and of a later load.

Whatever is not equal fails the round, and a round that fails its suite. \`+\` behind a commit: with changes
that were not committed.
`;

/** The rows of a page. */
function rowsOf(page) {
  return page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | '))
    .filter((cells) => cells.length === TITLES.length && cells[0] !== TITLES[0] && cells[0] !== '---')
    .map((cells) => Object.fromEntries(TITLES.map((title, index) => [title, cells[index]])));
}

/**
 * The rows of one run of a suite.
 * @param results what its rounds told: fault, lost, doubled
 * @param run outcome, date and commit
 */
function rowsOfRun(suite, results, run) {
  if (results.length === 0) return [{ suite, fault: '-', rounds: 0, lost: '-', doubled: '-', ...run }];
  return [...new Set(results.map(({ fault }) => fault))].sort().map((fault) => {
    const rounds = results.filter((result) => result.fault === fault);
    const sum = (field) => rounds.reduce((total, result) => total + result[field], 0);
    return { suite, fault, rounds: rounds.length, lost: sum('lost'), doubled: sum('doubled'), ...run };
  });
}

/**
 * A page with the rows of these suites in the place of those that it had of them. @param page as it was;
 * empty for none
 */
function pageWith(page, suites, rows) {
  const kept = rowsOf(page).filter(({ suite }) => !suites.includes(suite));
  const all = [...kept, ...rows].sort((a, b) => (a.suite < b.suite ? -1 : a.suite > b.suite ? 1 : 0));
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    PREFACE,
    line(TITLES),
    line(TITLES.map(() => '---')),
    ...all.map((row) => line(TITLES.map((title) => row[title]))),
    '',
  ].join('\n');
}

module.exports = { pageWith, rowsOf, rowsOfRun };
