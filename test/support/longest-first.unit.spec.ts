import { existsSync } from 'node:fs';
import { join } from 'node:path';

const LongestFirst = require('./longest-first');

const ROOT = join(__dirname, '../..');

/** A suite as Jest hands it to a sequencer. Without a cache no earlier run is known. */
const suite = (path: string) => ({
  path: join(ROOT, path),
  context: { config: { rootDir: ROOT, cache: false }, hasteFS: { getSize: () => 0 } },
});

it('begins with the suites that take longest where nothing is known of a former run', () => {
  const [first = '', second = ''] = Object.keys(LongestFirst.SECONDS);
  const sorted: { path: string }[] = new LongestFirst().sort([
    suite('short.spec.ts'),
    suite(second),
    suite(first),
  ]);
  expect(sorted.map(({ path }) => path)).toEqual(
    [first, second, 'short.spec.ts'].map((path) => join(ROOT, path)),
  );
});

it('names no suite that is gone', () => {
  expect(Object.keys(LongestFirst.SECONDS).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
