import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from 'jest';
import { attachEmbeddedPostgres } from '../../src/runtime/embedded-postgres/embedded-postgres';
import { keepForTeardown } from './global-teardown';

const ROOT = join(__dirname, '../..');

type GlobalConfig = Config & { nonFlagArgs?: string[] };

/**
 * A PostgreSQL for the integration specs (the one of TIDEMARK_TEST_ADMIN_URL where that is given), and a fresh build for the
 * end-to-end specs where any of them is to run.
 */
export default async function globalSetup(config: GlobalConfig): Promise<void> {
  if (await wantsEndToEnd(config.nonFlagArgs ?? []))
    execFileSync(process.execPath, [join(ROOT, 'scripts/build.js'), '--if-stale'], { stdio: 'inherit' });
  if (process.env.TIDEMARK_TEST_ADMIN_URL) return;
  const dataDir = await mkdtemp(join(tmpdir(), 'tidemark-test-'));
  const postgres = await attachEmbeddedPostgres({
    dataDir,
    applicationName: 'tidemark tests',
    // A test's database is thrown away in any case.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
  });
  process.env.TIDEMARK_TEST_ADMIN_URL = postgres.url;
  const clean = async () => {
    await postgres.leave();
    await rm(dataDir, { recursive: true, force: true });
  };
  keepForTeardown(clean);
  // Jest leaves the teardown out when it is interrupted.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void clean().finally(() => process.exit(130)));
}

async function wantsEndToEnd(patterns: string[]): Promise<boolean> {
  if (patterns.length === 0) return true;
  const files = (
    await Promise.all(
      ['src', 'test'].map(async (folder) =>
        (await readdir(join(ROOT, folder), { recursive: true })).map((file) => join(folder, file)),
      ),
    )
  )
    .flat()
    .filter((file) => file.endsWith('.e2e.spec.ts'));
  return patterns.some((pattern) =>
    files.some((file) => pattern.endsWith(file) || new RegExp(pattern).test(file)),
  );
}
