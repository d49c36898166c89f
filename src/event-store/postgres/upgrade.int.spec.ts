import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database';
import { Listener } from '../../postgres/listener';
import { migrate } from '../../postgres/migrate';
import { createPool } from '../../postgres/pool';
import { collect, collectBatches, eventsIn, newEvent } from '../features/harness';
import { dataJson, metadataJson } from '../stored-event';
import { eventStoreMigrations } from './migrations';
import { PostgresEventStore } from './postgres.event-store';

/** Since then data and metadata are text. */
const FILES_BEFORE = 4;
const METADATA = '{"schemaVersion":1,"correlationId":"c","causationId":"c"}';
/** As a version before may have appended it: the text is to stay. */
const DATA = '{"b":1,  "a":"é"}';

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'tidemark-upgrade-'));
  const files = (await readdir(eventStoreMigrations.folder)).sort().slice(0, FILES_BEFORE);
  for (const file of files) await copyFile(join(eventStoreMigrations.folder, file), join(folder, file));
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const migrateBefore = (pool: Pool) => migrate(pool, [{ ...eventStoreMigrations, folder }]);

/** As a process of the version before appends. */
async function appendAsBefore(pool: Pool, stream: string, id: string, data = DATA): Promise<unknown> {
  const { rows } = await pool.query({
    rowMode: 'array',
    text: `SELECT outcome, revision, position::int FROM tidemark.append($1::text[], '{-1}', '{1}', $2::uuid[],
             '{Tested}', '{1}', '{2024-05-01Z}', $3::json[], $4::json[], $5::int[])`,
    values: [[stream], [id], [data], [METADATA], [Buffer.byteLength(data + METADATA)]],
  });
  return rows[0];
}

async function kept(pool: Pool): Promise<{ file: string; types: string[] }> {
  const { rows } = await pool.query<{ file: string; types: string[] }>(`
    SELECT pg_relation_filenode('tidemark.events')::text AS file,
           array_agg(DISTINCT format_type(atttypid, NULL)::text) AS types
      FROM pg_attribute
     WHERE attrelid = 'tidemark.events'::regclass AND attname IN ('data', 'metadata')`);
  return rows[0] as { file: string; types: string[] };
}

async function openStore(url: string, pool: Pool) {
  const listener = new Listener(url);
  const store = await PostgresEventStore.open({ pool, listener });
  const close = async () => {
    await store.close();
    await listener.close();
  };
  return { store, close };
}

/** A log of before, brought up to date: it is read, resent to and appended to. */
async function expectUsable(url: string, pool: Pool, id: string): Promise<void> {
  const { store, close } = await openStore(url, pool);
  const [event] = eventsIn(await collectBatches(store.readAll(null)));
  expect([event?.stream, dataJson(event!), metadataJson(event!)]).toEqual(['a', DATA, METADATA]);
  const resend = { ...newEvent(), id };
  expect(await store.append('a', 'noStream', [resend])).toMatchObject({ resent: true, revision: 0 });
  await store.append('a', 0, [newEvent({ next: [1, 'é'] })]);
  expect((await collect(store.readStream('a'))).map(({ data }) => data)).toEqual([
    JSON.parse(DATA),
    { next: [1, 'é'] },
  ]);
  const head = await store.countAfter(null);
  expect(await appendAsBefore(pool, 'b', randomUUID())).toEqual(['written', 0, head + 1]);
  expect((await collect(store.readStream('b'))).map(dataJson)).toEqual([DATA]);
  await close();
}

it('makes text of JSON without a copy of the table, and old processes append beside new ones', async () => {
  const { pool, url } = database;
  await migrateBefore(pool);
  const id = randomUUID();
  await appendAsBefore(pool, 'a', id);
  const before = await kept(pool);
  expect(before.types).toEqual(['json']);
  await migrate(pool, [eventStoreMigrations]);
  expect(await kept(pool)).toEqual({ file: before.file, types: ['text'] });
  const casts = "SELECT FROM pg_cast WHERE castsource = 'json'::regtype AND casttarget = 'text'::regtype";
  expect((await pool.query(casts)).rowCount).toBe(0);
  await expectUsable(url, pool, id);
});

describe('without the rights of a superuser', () => {
  const role = `plain_${randomUUID().slice(0, 8)}`;
  let plain: Pool;
  let plainUrl: string;

  beforeEach(async () => {
    const name = new URL(database.url).pathname.slice(1);
    await database.pool.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'plain'; ALTER DATABASE ${name} OWNER TO ${role}`,
    );
    const own = new URL(database.url);
    own.username = role;
    own.password = 'plain';
    plainUrl = own.href;
    plain = createPool({ url: plainUrl, max: 2, applicationName: 'plain' });
    await migrateBefore(plain);
  });
  afterEach(async () => {
    await plain.end();
    await database.pool.query(
      `REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}; DROP ROLE ${role}`,
    );
  });

  it('rewrites a small table', async () => {
    const id = randomUUID();
    await appendAsBefore(plain, 'a', id);
    await migrate(plain, [eventStoreMigrations]);
    expect((await kept(plain)).types).toEqual(['text']);
    await expectUsable(plainUrl, plain, id);
  });

  it('leaves a large table as it is, and appends to it', async () => {
    const id = randomUUID();
    await appendAsBefore(plain, 'a', id);
    // Hexadecimal digits without a pattern, which do not compress.
    await plain.query(`
      INSERT INTO tidemark.events
      SELECT 1 + i, 'large', i - 1, gen_random_uuid(), 'Large', 1, now(), now(), 35000000 * i,
             to_json((SELECT string_agg(md5((n + i)::text), '') FROM generate_series(1, 1000000) n)),
             '${METADATA}'
        FROM generate_series(1, 3) i`);
    const before = await kept(plain);
    await migrate(plain, [eventStoreMigrations]);
    expect(await kept(plain)).toEqual({ file: before.file, types: ['json'] });
    await plain.query("DELETE FROM tidemark.events WHERE stream = 'large'");
    await expectUsable(plainUrl, plain, id);
  });
});
