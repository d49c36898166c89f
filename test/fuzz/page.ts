import { execFileSync } from 'node:child_process';
import type { FuzzReport } from './fuzz';
import { meanMemory, STALL_MS } from './vitals';

/**
 * The memory that a warm process may gain from the second fifth of a run to the last, as a share of the
 * first.
 */
const MOST_GROWTH = 0.25;

/** The figures of a run, line by line, and whether they are good. */
export function summary(report: FuzzReport): { lines: [string, string][]; passed: boolean } {
  const { vitals, faults, loggedErrors, replayVerified, exitCode } = report;
  const early = meanMemory(vitals, 0.2, 0.4);
  const late = meanMemory(vitals, 0.8, 1);
  const flat = late <= early * (1 + MOST_GROWTH);
  const lines: [string, string][] = [
    ['requests', `${count(report.requests)} in ${report.seconds.toFixed(0)} s (${kinds(report)})`],
    ['faults', `${faults.length}`],
    ['errors in the log', `${loggedErrors.length}`],
    ['the process', exitCode === 0 ? 'lived, ended with 0' : `died or ended with ${exitCode}`],
    [
      'longest answer of /livez',
      `${vitals.longestStallMs.toFixed(0)} ms (over ${STALL_MS} ms: ${vitals.stalls})`,
    ],
    [
      '/livez not reached',
      `${vitals.unreachable.length}${vitals.unreachable[0] ? `: ${vitals.unreachable[0]}` : ''}`,
    ],
    ['memory, second and last fifth', `${megabytes(early)} MB, ${megabytes(late)} MB`],
    ['every read model rebuilt and equal', replayVerified ? 'yes' : 'NO'],
  ];
  const sound = faults.length === 0 && loggedErrors.length === 0 && vitals.unreachable.length === 0;
  return { lines, passed: sound && exitCode === 0 && vitals.stalls === 0 && flat && replayVerified };
}

/** bench/FUZZ.md */
export function fuzzPage(report: FuzzReport, seed: number): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const today = new Date().toISOString().slice(0, 10);
  const { lines, passed } = summary(report);
  return [
    '# Fuzzing',
    '',
    'Written by `npm run fuzz -- --requests 1000000`: random GraphQL over HTTP and WebSocket, raw HTTP and',
    'CSV files against one server on the embedded default. A fault is a status of 500 or above, an',
    'INTERNAL_SERVER_ERROR, an answer of /graphql that is no JSON, a socket closed for a failure inside, or',
    'no answer within 15 s.',
    '',
    `- ${today}, commit ${commit}, seed ${seed}: ${passed ? 'passed' : 'FAILED'}`,
    '',
    '| what | figure |',
    '|---|---|',
    ...lines.map(([what, value]) => `| ${what} | ${value} |`),
    '',
    '| outcome | times |',
    '|---|---|',
    ...Object.entries(report.outcomes).map(([outcome, times]) => `| ${outcome} | ${count(times)} |`),
    '',
  ].join('\n');
}

const count = (n: number): string => n.toLocaleString('en-US');
const megabytes = (bytes: number): string => (bytes / 1024 ** 2).toFixed(0);
const kinds = ({ sent }: FuzzReport): string =>
  Object.entries(sent)
    .map(([kind, times]) => `${kind} ${count(times)}`)
    .join(', ');
