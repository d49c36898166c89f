import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(__dirname, '..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
/** Declares a suite that needs more than Node and a clone. */
const NEEDS_MORE = /\bdescribe(Airflow|File|Judges|Kafka|Readers|S3)\(/;

const specs = ['src', 'test'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.spec.ts'))
    .map((file) => join(folder, file)),
);
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const kindOf = (path: string) => /\.(\w+)\.spec\.ts$/.exec(path)?.[1] ?? 'none';

/** The specs that Jest runs for an npm script with arguments behind `--`. */
function specsOf(script: string, args: readonly string[]): string[] {
  const [program, ...own] = (scripts[script] as string).split(' ');
  expect(program).toBe('jest');
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const listed = execFileSync(process.execPath, [jest, ...own, ...args, '--listTests'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((line) => line.endsWith('.spec.ts'))
    .map((path) => relative(ROOT, path))
    .sort();
}

describe('the name of a spec', () => {
  it('says its kind', () => {
    const kinds = ['unit', 'int', 'e2e', 'long', 'servers', 'slow'];
    expect(specs.filter((path) => !kinds.includes(kindOf(path)))).toEqual([]);
  });

  it('says that a suite in it needs a server or a program that is not Node', () => {
    const needy = specs.filter((path) => NEEDS_MORE.test(textOf(path)));
    expect(needy.length).toBeGreaterThan(20);
    expect(needy.filter((path) => !['servers', 'slow'].includes(kindOf(path)))).toEqual([]);
  });

  it('says servers of these, of fault suites and of suites for real servers only', () => {
    const others = specs.filter((path) => kindOf(path) === 'servers' && !NEEDS_MORE.test(textOf(path)));
    expect(others.filter((path) => !/\b(faults|killed|real-servers)\b/.test(path))).toEqual([]);
  });
});

describe('npm run', () => {
  it.each([
    ['test', ['src/domain'], ['unit', 'int', 'e2e']],
    ['test', ['-t', 'a name', 'src/domain'], ['unit', 'int', 'e2e']],
    ['test:servers', ['src/bridge'], ['servers', 'long']],
    ['test:servers', ['src/warehouse'], ['servers', 'long']],
    ['test:slow', ['test/lake'], ['slow']],
  ])('%s -- %p runs the specs of that path only', (script, args, kinds) => {
    const folder = args.at(-1) as string;
    const expected = specs.filter((path) => path.startsWith(folder) && kinds.includes(kindOf(path)));
    expect(expected).not.toEqual([]);
    expect(specsOf(script, args)).toEqual(expected.sort());
  });
});
