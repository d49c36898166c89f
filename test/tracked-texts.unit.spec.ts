import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const TEXT = /\.(ts|js|json|md|sql|ya?ml|graphql|tmdl|py|sh)$/;

const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
  .split('\0')
  .filter((path) => TEXT.test(path) && existsSync(join(ROOT, path)));

it('no text that is committed holds a merge that was not finished', () => {
  expect(tracked.length).toBeGreaterThan(100);
  const unfinished = tracked.filter((path) => /^(<{7}|>{7}) /m.test(readFileSync(join(ROOT, path), 'utf8')));
  expect(unfinished).toEqual([]);
});

describe('a line of code', () => {
  const WIDTH = 110;
  /** The formatter does not break strings, comments and SQL. */
  const CODE = /\.(ts|js|sql|ya?ml|sh|py)$/;
  /** Generated; a migration, which never changes; what is still to be mended. */
  const OTHER =
    /^deploy\/(snowflake\/|spark\/tidemark\/(datasets|star_sql)\.py$)|\/0001_bridge\.sql$|^src\/warehouse\//;
  /** An address cannot be broken. */
  const ADDRESS = /:\/\//;

  it(`has at most ${WIDTH} characters`, () => {
    const long = tracked
      .filter((path) => CODE.test(path) && !OTHER.test(path))
      .flatMap((path) =>
        readFileSync(join(ROOT, path), 'utf8')
          .split('\n')
          .map((line, index) => ({ line, at: `${path}:${index + 1}: ${line}` })),
      )
      .filter(({ line }) => line.length > WIDTH && !ADDRESS.test(line));
    expect(long.map(({ at }) => at)).toEqual([]);
  });
});
