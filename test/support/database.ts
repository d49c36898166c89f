import { randomBytes } from 'node:crypto';
import { Client, Pool } from 'pg';

/** A database of its own for one spec file, on the server that the global set-up started. */
export interface TestDatabase {
  url: string;
  pool: Pool;
  drop(): Promise<void>;
}

/** @param template a database to copy, to which nobody may be connected. Default: an empty one */
export async function createTestDatabase(template?: TestDatabase): Promise<TestDatabase> {
  const adminUrl = process.env.TIDEMARK_TEST_ADMIN_URL;
  if (!adminUrl)
    throw new Error('TIDEMARK_TEST_ADMIN_URL is not set: run this spec in the integration project');
  const name = `t_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, `CREATE DATABASE ${name}${template ? ` TEMPLATE ${nameOf(template)}` : ''}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const pool = new Pool({ connectionString: url.href, max: 16 });
  // An idle connection dies with the database when it is dropped by force; that is not the spec's business.
  pool.on('error', () => {});
  return {
    url: url.href,
    pool,
    async drop() {
      if (!pool.ended) await pool.end();
      await asAdmin(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

const nameOf = ({ url }: TestDatabase): string => new URL(url).pathname.slice(1);

async function asAdmin(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
