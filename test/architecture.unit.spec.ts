import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { circles, importedFile, importsOf, sourceFiles } from './support/source-files';

const SRC = path.join(__dirname, '../src');

interface Room {
  /** what is in it */
  has: string;
  /** the rooms it may import from, besides itself */
  uses: readonly string[];
}

/**
 * The rooms of the house, from the ground up: a room uses rooms above it in this list only. A room within
 * another stands for its own folder; the room around it, for the files that lie in no inner room.
 */
const ROOMS: Record<string, Room> = {
  domain: { has: 'events, money, calendar and one decider per aggregate; pure', uses: [] },
  concurrency: { has: 'signals, turns, retries and back-off; knows nothing of orders', uses: [] },
  postgres: {
    has: 'pool, binary parameters, migrations, LISTEN/NOTIFY, advisory locks',
    uses: ['concurrency'],
  },
  duckdb: {
    has: 'DuckDB in memory, columns into its tables; which connections are open, to interrupt them',
    uses: [],
  },
  'event-store': {
    has: 'the port, the behaviour every adapter owes, the adapters for Postgres and EventStoreDB',
    uses: ['concurrency', 'domain', 'postgres'],
  },
  kafka: {
    has: 'an event as a record and back, topics, partitions, the connection',
    uses: ['domain', 'event-store'],
  },
  feed: { has: 'what projectors read: the log, or the partitions of Kafka', uses: ['event-store', 'kafka'] },
  bridge: {
    has: 'the log into Kafka: lease, recovery, sending, status',
    uses: ['concurrency', 'event-store', 'feed', 'kafka', 'postgres'],
  },
  commands: {
    has: 'one file a command: check, load, decide, append',
    uses: ['concurrency', 'domain', 'event-store'],
  },
  ingest: { has: 'other ways in', uses: [] },
  'ingest/files': { has: 'a file into rows of cells', uses: ['ingest'] },
  'ingest/columns': {
    has: 'the fields of an order, and which columns of a file they come from',
    uses: ['ingest'],
  },
  'ingest/values': {
    has: 'texts as times and numbers: the one reading that fits a whole file',
    uses: ['domain', 'ingest'],
  },
  'ingest/layouts': {
    has: 'how the exports of shop systems are read: YAML files, told by their headers',
    uses: ['ingest', 'ingest/columns'],
  },
  'ingest/orders': {
    has: 'rows into orders and credit notes, all or nothing',
    uses: [
      'commands',
      'concurrency',
      'domain',
      'ingest',
      'ingest/columns',
      'ingest/files',
      'ingest/layouts',
      'ingest/values',
      'postgres',
    ],
  },
  'ingest/simulator': { has: 'a shop that sends orders', uses: ['concurrency', 'domain', 'ingest'] },
  projections: { has: 'what a projection is', uses: ['domain', 'event-store'] },
  'projections/engine': {
    has: 'applies batches to a generation: runners, generations, dead letters',
    uses: ['concurrency', 'domain', 'event-store', 'feed', 'kafka', 'postgres', 'projections'],
  },
  'projections/read-models': {
    has: 'one folder a read model: its tables and its fold',
    uses: ['domain', 'event-store', 'postgres', 'projections', 'projections/engine'],
  },
  'projections/progress': {
    has: 'how far each read model is, and waiting for it',
    uses: ['event-store', 'kafka', 'postgres', 'projections/engine'],
  },
  'projections/rebuild': {
    has: 'replay: a new generation beside the live one, comparing and switching',
    uses: [
      'concurrency',
      'event-store',
      'feed',
      'postgres',
      'projections',
      'projections/engine',
      'projections/progress',
    ],
  },
  'projections/live': {
    has: 'projectors that keep the read models up to date',
    uses: [
      'concurrency',
      'domain',
      'event-store',
      'feed',
      'kafka',
      'postgres',
      'projections',
      'projections/engine',
      'projections/progress',
      'projections/read-models',
      'projections/rebuild',
    ],
  },
  'read-model-changes': {
    has: 'publishes the changes of read models to Kafka',
    uses: [
      'concurrency',
      'domain',
      'event-store',
      'kafka',
      'postgres',
      'projections/engine',
      'projections/progress',
      'projections/read-models',
    ],
  },
  graphql: {
    has: 'schema, types, inputs, resolvers, loaders, queries, subscriptions',
    uses: [
      'commands',
      'concurrency',
      'domain',
      'event-store',
      'postgres',
      'projections/progress',
      'projections/read-models',
    ],
  },
  server: {
    has: 'HTTP and WebSocket: guard, health, error mask, landing page, shutdown',
    uses: ['commands', 'concurrency', 'event-store', 'graphql', 'postgres', 'projections/progress'],
  },
  'lake/errors': { has: 'what is wrong with a lake, and how it is mended', uses: [] },
  'lake/columns': {
    has: 'the definition of a table: columns, values, partitions; metrics of its files',
    uses: [],
  },
  'lake/datasets/sql': {
    has: 'the SQL of datasets: dialects, expressions, a window of the log in DuckDB',
    uses: ['domain', 'lake/columns'],
  },
  'lake/object-store': { has: 'a folder or S3, with conditional writes', uses: ['concurrency'] },
  'lake/local-files': {
    has: 'files on this machine: copies of data files and their checksums, work folders',
    uses: ['lake/errors', 'lake/object-store'],
  },
  'lake/datasets': {
    has: 'what the tables hold: columns, and what each is of an event',
    uses: ['domain', 'event-store', 'lake/columns', 'lake/datasets/sql'],
  },
  'lake/parquet': {
    has: 'rows into Parquet files',
    uses: ['domain', 'duckdb', 'lake/columns', 'lake/datasets'],
  },
  'lake/iceberg': {
    has: 'Iceberg tables over an object store',
    uses: ['concurrency', 'lake/columns', 'lake/object-store'],
  },
  'lake/cuts': { has: 'the record of cuts', uses: ['event-store', 'lake/errors', 'lake/object-store'] },
  'lake/tables': {
    has: 'the tables of a lake, and which cuts they have',
    uses: [
      'concurrency',
      'lake/columns',
      'lake/cuts',
      'lake/datasets',
      'lake/errors',
      'lake/iceberg',
      'lake/object-store',
    ],
  },
  'lake/maintenance': {
    has: 'compacts, expires and verifies tables',
    uses: [
      'concurrency',
      'domain',
      'duckdb',
      'lake/datasets',
      'lake/errors',
      'lake/iceberg',
      'lake/local-files',
      'lake/parquet',
      'lake/tables',
    ],
  },
  lake: {
    has: 'opens a lake, and tells whose it is and how far it is',
    uses: [
      'event-store',
      'lake/cuts',
      'lake/datasets',
      'lake/errors',
      'lake/iceberg',
      'lake/object-store',
      'lake/tables',
    ],
  },
  export: {
    has: 'the exporter: the log into the lake, cut by cut',
    uses: [
      'concurrency',
      'domain',
      'duckdb',
      'event-store',
      'feed',
      'lake',
      'lake/columns',
      'lake/cuts',
      'lake/datasets',
      'lake/datasets/sql',
      'lake/errors',
      'lake/iceberg',
      'lake/local-files',
      'lake/maintenance',
      'lake/object-store',
      'lake/parquet',
      'lake/tables',
    ],
  },
  'warehouse/model': {
    has: 'the star schema: tables, dimensions, facts and views',
    uses: ['domain', 'lake/columns', 'lake/datasets'],
  },
  warehouse: {
    has: 'what every warehouse has: a session, its errors, the files that it is loaded from',
    uses: ['event-store', 'lake/iceberg', 'warehouse/model'],
  },
  'warehouse/sql': { has: 'the model as SQL, in two dialects', uses: ['lake/datasets', 'warehouse/model'] },
  'warehouse/load': {
    has: 'brings new files of the lake into a warehouse',
    uses: [
      'event-store',
      'lake',
      'lake/datasets',
      'lake/iceberg',
      'lake/local-files',
      'lake/object-store',
      'lake/tables',
      'warehouse',
      'warehouse/model',
      'warehouse/sql',
    ],
  },
  'warehouse/verify/rows': {
    has: 'the rows of datasets in plain TypeScript, to check what the SQL made',
    uses: ['domain', 'event-store', 'lake/columns', 'lake/datasets'],
  },
  'warehouse/verify': {
    has: 'compares event store, lake and warehouse',
    uses: [
      'domain',
      'event-store',
      'lake/columns',
      'lake/datasets',
      'warehouse',
      'warehouse/model',
      'warehouse/verify/rows',
    ],
  },
  'warehouse/target': {
    has: 'what a command may ask of a warehouse, whichever it is',
    uses: ['event-store', 'warehouse', 'warehouse/load', 'warehouse/verify'],
  },
  'warehouse/duckdb': {
    has: 'a warehouse in a file of this machine',
    uses: [
      'duckdb',
      'event-store',
      'lake/datasets',
      'lake/object-store',
      'warehouse',
      'warehouse/load',
      'warehouse/model',
      'warehouse/sql',
      'warehouse/target',
      'warehouse/verify',
    ],
  },
  'warehouse/snowflake': {
    has: 'a warehouse in a schema of a Snowflake account',
    uses: [
      'concurrency',
      'domain',
      'event-store',
      'lake/columns',
      'lake/datasets',
      'lake/local-files',
      'warehouse',
      'warehouse/duckdb',
      'warehouse/load',
      'warehouse/model',
      'warehouse/sql',
      'warehouse/target',
      'warehouse/verify',
    ],
  },
  'warehouse/powerbi': {
    has: 'a semantic model and a report, generated from the model',
    uses: ['warehouse/model'],
  },
  spark: {
    has: 'the job with which Spark writes the lake, generated from datasets and model',
    uses: ['lake/datasets', 'lake/datasets/sql', 'warehouse/model'],
  },
  runtime: {
    has: 'configuration, embedded PostgreSQL, roles and their processes, logging, shutdown',
    uses: ['*'],
  },
  cli: { has: 'one file a subcommand of tidemark', uses: ['*'] },
};

/** Packages that a room may use; other rooms may use any. */
const ONLY_PACKAGES: Record<string, string[]> = {
  domain: [],
  commands: ['node:crypto'],
};

const relative = (file: string): string => path.relative(SRC, file).replaceAll('\\', '/');

/** The innermost room that a file lies in. */
function roomOf(file: string): string {
  const folders = relative(file).split('/').slice(0, -1);
  for (let depth = folders.length; depth > 0; depth--) {
    const name = folders.slice(0, depth).join('/');
    if (name in ROOMS) return name;
  }
  return folders[0] ?? '';
}

const files = sourceFiles(SRC);
const imports = files.flatMap((file) => importsOf(file).map((from) => ({ file, from })));
const ownImports = imports
  .filter(({ from }) => from.startsWith('.') && !from.endsWith('.json'))
  .map(({ file, from }) => ({ file, target: importedFile(file, from) }));

/** The table of ARCHITECTURE.md: a row for each folder of src, the rooms within it below its own line. */
function tableOfRooms(): string[] {
  const rows = new Map<string, string[]>();
  for (const [room, { has }] of Object.entries(ROOMS)) {
    const [folder = ''] = room.split('/');
    const lines = rows.get(folder) ?? [];
    rows.set(folder, room === folder ? [has, ...lines] : [...lines, `\`${room}\`: ${has}`]);
  }
  return [...rows].map(([folder, lines]) => `| [${folder}](src/${folder}) | ${lines.join('<br>')} |`);
}

describe('the house', () => {
  it('is as ARCHITECTURE.md shows it', () => {
    const page = readFileSync(path.join(__dirname, '../ARCHITECTURE.md'), 'utf8');
    expect(page.split('\n').filter((line) => /^\| \[[\w-]+\]\(src\//.test(line))).toEqual(tableOfRooms());
  });

  it('has only rooms that are known', () => {
    expect(readdirSync(SRC).filter((room) => !(room in ROOMS))).toEqual([]);
    expect(Object.keys(ROOMS).filter((room) => !files.some((file) => roomOf(file) === room))).toEqual([]);
  });

  it('has arrows that run downwards only', () => {
    const wrong = ownImports
      .map(({ file, target }) => ({ file, target, from: roomOf(file), to: roomOf(target) }))
      .filter(({ from, to }) => {
        const uses = ROOMS[from]?.uses ?? [];
        return from !== to && !uses.includes(to) && !uses.includes('*');
      })
      .map(({ file, target }) => `${relative(file)} imports ${relative(target)}`);
    expect(wrong).toEqual([]);
  });

  it('has no circles between files', () => {
    const graph = new Map(files.map((file): [string, string[]] => [relative(file), []]));
    for (const { file, target } of ownImports) graph.get(relative(file))?.push(relative(target));
    expect(circles(graph)).toEqual([]);
  });

  it('keeps the domain and the commands free of frameworks', () => {
    const wrong = imports
      .filter(({ file, from }) => !from.startsWith('.') && roomOf(file) in ONLY_PACKAGES)
      .filter(({ file, from }) => !ONLY_PACKAGES[roomOf(file)]?.includes(from))
      .map(({ file, from }) => `${relative(file)} imports ${from}`);
    expect(wrong).toEqual([]);
  });

  it('has an Iceberg room that knows no word of what its tables hold', () => {
    const ours = /\b(tidemark|cuts?|datasets?|events?|orders?)\b/i;
    // Iceberg has sort orders; a file may be cut off.
    const others = /sort-orders?\b|'order-id'|\bcut off\b/g;
    const wrong = files
      .filter((file) => roomOf(file) === 'lake/iceberg')
      .flatMap((file) =>
        readFileSync(file, 'utf8')
          .split('\n')
          .map((line) => ({ file, line })),
      )
      .filter(({ line }) => ours.test(line.replace(others, '')))
      .map(({ file, line }) => `${relative(file)}: ${line.trim()}`);
    expect(wrong).toEqual([]);
  });

  it('has no two read models that know each other', () => {
    const readModelOf = (file: string) => /^projections\/read-models\/([^/]+)\//.exec(relative(file))?.[1];
    const wrong = ownImports
      .filter(({ file, target }) => {
        const [own, other] = [readModelOf(file), readModelOf(target)];
        return own !== undefined && other !== undefined && own !== other;
      })
      .map(({ file, target }) => `${relative(file)} imports ${relative(target)}`);
    expect(wrong).toEqual([]);
  });
});
