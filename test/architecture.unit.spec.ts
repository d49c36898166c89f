import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const SRC = path.join(__dirname, '../src');

/**
 * Which rooms of the house a room may import from, besides itself. The arrows run downwards only: a room that is not named
 * here may not be imported. `runtime` and `cli` wire everything and are imported by nothing but each other.
 */
const MAY_IMPORT: Record<string, string[]> = {
  domain: [],
  postgres: [],
  duckdb: [],
  'event-store': ['domain', 'postgres'],
  feed: ['event-store', 'kafka'],
  kafka: ['domain', 'event-store'],
  bridge: ['domain', 'event-store', 'feed', 'kafka', 'postgres'],
  commands: ['domain', 'event-store'],
  projections: ['domain', 'event-store', 'feed', 'kafka', 'postgres'],
  graphql: ['domain', 'commands', 'event-store', 'projections', 'postgres'],
  ingest: ['domain', 'commands', 'postgres'],
  export: ['domain', 'duckdb', 'event-store', 'feed'],
  warehouse: ['domain', 'duckdb', 'event-store', 'export'],
  runtime: [
    'domain',
    'commands',
    'event-store',
    'feed',
    'kafka',
    'bridge',
    'postgres',
    'duckdb',
    'projections',
    'graphql',
    'export',
    'warehouse',
  ],
  cli: [
    'domain',
    'commands',
    'event-store',
    'feed',
    'kafka',
    'bridge',
    'projections',
    'graphql',
    'ingest',
    'export',
    'warehouse',
    'runtime',
    'postgres',
    'duckdb',
  ],
};

/** Packages that a room may use; other rooms may use any. */
const ONLY_PACKAGES: Record<string, string[]> = {
  domain: [],
  commands: ['node:crypto', 'node:timers/promises'],
};

interface Import {
  file: string;
  from: string;
}

/** Specs, and the behaviour suites that specs run, may reach into test/support. */
const isSpec = (file: string) => /\.spec\.ts$|\.features\.ts$|[\\/]features[\\/]/.test(file);

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !isSpec(file));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const pattern = /(?:\bfrom\s+|\bimport\(\s*|\brequire\(\s*|^import\s+)['"]([^'"]+)['"]/gm;
  return [...text.matchAll(pattern)].map(([, from]) => ({ file, from: from as string }));
}

const roomOf = (file: string): string => path.relative(SRC, file).split(path.sep)[0] as string;

const imports = sources(SRC).flatMap(importsOf);

describe('the house', () => {
  it('has only rooms whose arrows are known', () => {
    const rooms = readdirSync(SRC);
    expect(rooms.filter((room) => !(room in MAY_IMPORT))).toEqual([]);
  });

  it('has arrows that run downwards only', () => {
    const wrong = imports
      .filter(({ from }) => from.startsWith('.'))
      .filter(({ file, from }) => {
        const target = roomOf(path.resolve(path.dirname(file), from));
        const room = roomOf(file);
        return target !== room && !MAY_IMPORT[room]?.includes(target);
      })
      .map(({ file, from }) => `${path.relative(SRC, file)} imports ${from}`);
    expect(wrong).toEqual([]);
  });

  it('keeps the domain and the commands free of frameworks', () => {
    const wrong = imports
      .filter(({ file, from }) => !from.startsWith('.') && roomOf(file) in ONLY_PACKAGES)
      .filter(({ file, from }) => !ONLY_PACKAGES[roomOf(file)]?.includes(from))
      .map(({ file, from }) => `${path.relative(SRC, file)} imports ${from}`);
    expect(wrong).toEqual([]);
  });

  it('has no two projections that know each other', () => {
    const folders = (file: string) => path.relative(path.join(SRC, 'projections'), file).split(path.sep);
    const wrong = imports
      .filter(({ file, from }) => roomOf(file) === 'projections' && from.startsWith('.'))
      .filter(({ file, from }) => {
        const [own, ...below] = folders(file);
        const [other, ...otherBelow] = folders(path.resolve(path.dirname(file), from));
        return below.length > 0 && otherBelow.length > 0 && other !== '..' && own !== other;
      })
      .map(({ file, from }) => `${path.relative(SRC, file)} imports ${from}`);
    expect(wrong).toEqual([]);
  });
});
