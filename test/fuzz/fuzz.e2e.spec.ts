import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt } from './attempt';
import { fuzz, randomAttempts } from './fuzz';

const TIMEOUT_MS = 180_000;
const SEEDS = join(__dirname, 'seeds');
/** Enough to meet every kind of attempt; `npm run fuzz` sends more. */
const REQUESTS = 1_500;

const seeds = readdirSync(SEEDS)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(SEEDS, name), 'utf8')) as Attempt);

it(
  'takes what broke it once, and what nobody would send, without a fault',
  async () => {
    const report = await fuzz(then(seeds, randomAttempts(1)), REQUESTS);
    const { faults, loggedErrors, exitCode, replayVerified } = report;
    expect({ faults, loggedErrors, exitCode, replayVerified }).toEqual({
      faults: [],
      loggedErrors: [],
      exitCode: 0,
      replayVerified: true,
    });
    expect(report.vitals.unreachable).toEqual([]);
    for (const kind of ['http', 'raw', 'socket', 'csv'] as const)
      expect(report.sent[kind]).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);

it('makes the same attempts of the same seed', () => {
  const first = (seed: number) => {
    const attempts = randomAttempts(seed);
    return Array.from({ length: 50 }, () => attempts.next().value);
  };
  expect(first(7)).toEqual(first(7));
  expect(first(7)).not.toEqual(first(8));
});

function* then(...sources: Iterable<Attempt>[]): Generator<Attempt> {
  for (const source of sources) yield* source;
}
