import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandLines, refusalOf } from './deploy/support/command-line';
import { knownVariables } from './deploy/support/known-variables';

const ROOT = join(__dirname, '..');
const WIDTH = 110;

/** Pages that `npm run bench`, `test:faults` and `fuzz` write. */
const GENERATED = /^bench\//;

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((path) => existsSync(join(ROOT, path)));
const pages = tracked.filter((path) => path.endsWith('.md') && !GENERATED.test(path));

/** What somebody reads line by line: neither code nor tables. */
const prose = (page: string): string[] =>
  page
    .replace(/^```[\s\S]*?^```$/gm, '')
    .split('\n')
    .filter((line) => !/^(\|| {4})/.test(line));

/** As GitHub makes them of headings. */
const anchors = (page: string): string[] =>
  [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );

/** The most lines that a page may have, so that it can be taken in at one sitting. */
function mostLines(path: string): number {
  if (path === 'README.md') return 200;
  if (path === 'ARCHITECTURE.md') return 130;
  return path.startsWith('src/') ? 100 : Number.POSITIVE_INFINITY;
}

describe('the documents', () => {
  it('are as long as they may be', () => {
    const lengths = pages.map((path) => ({ path, lines: read(path).trimEnd().split('\n').length }));
    expect(lengths.filter(({ path, lines }) => lines > mostLines(path))).toEqual([]);
  });

  it(`have lines within ${WIDTH} columns`, () => {
    const long = pages.flatMap((path) =>
      prose(read(path))
        .filter((line) => line.length > WIDTH)
        .map((line) => `${path}: ${line}`),
    );
    expect(long).toEqual([]);
  });

  it('link to files and headings that exist', () => {
    const broken = pages.flatMap((path) =>
      [...read(path).matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^https?:/.test(target) && !exists(path, target))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('name files that exist', () => {
    const missing = pages.flatMap((path) =>
      [...read(path).matchAll(/`([\w./-]+\.(?:ts|js|sql))`/g)]
        .map(([, file = '']) => file)
        .filter((file) => !/^[./]/.test(file) && !tracked.some((each) => `/${each}`.endsWith(`/${file}`)))
        .map((file) => `${path}: ${file}`),
    );
    expect(missing).toEqual([]);
  });

  it('are reached from README', () => {
    const index = read('README.md');
    expect(pages.filter((path) => path.startsWith('docs/') && !index.includes(`](${path})`))).toEqual([]);
  });
});

function exists(page: string, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const path = join(ROOT, file === '' ? page : join(dirname(page), file));
  if (!existsSync(path)) return false;
  return anchor === undefined || anchors(readFileSync(path, 'utf8')).includes(anchor);
}

describe('docs/configuration.md', () => {
  it('has every variable that the configuration reads', () => {
    const page = read('docs/configuration.md');
    expect([...knownVariables()].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('has every variable of .env.example, which sets each on a line of its own', () => {
    const page = read('docs/configuration.md');
    const example = read('.env.example');
    const set = [...example.matchAll(/^# ([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name);
    expect(set.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
    expect(example.split('\n').filter((line) => /^#.+ [A-Z][A-Z0-9_]+=\S/.test(line))).toEqual([]);
  });
});

describe('docs/cli.md', () => {
  it('has every command', () => {
    const page = read('docs/cli.md');
    expect(commandLines().filter(({ words }) => !page.includes(`\`tidemark ${words}`))).toEqual([]);
  });

  it('has every option, or docs/import.md has', () => {
    const page = read('docs/cli.md') + read('docs/import.md');
    const missing = commandLines().flatMap(({ words, options }) =>
      options.filter((option) => !page.includes(`\`${option}`)).map((option) => `${words} ${option}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('docs/trouble.md', () => {
  it('has only messages that the program prints, and commands that run', () => {
    const page = read('docs/trouble.md');
    const source = tracked.filter((path) => /^src\/.*(?<!\.spec)\.ts$/.test(path)).map(read);
    const messages = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, message = '']) => message);
    expect(messages.length).toBeGreaterThan(10);
    expect(messages.filter((message) => !source.some((text) => text.includes(message)))).toEqual([]);
    const commands = [...page.matchAll(/`tidemark ([^`]+)`/g)].map(([, command = '']) => command);
    expect(commands.filter((command) => refusalOf(command.split(' ')) !== undefined)).toEqual([]);
  });
});
