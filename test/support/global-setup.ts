import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from 'jest';
import { attachEmbeddedPostgres } from '../../src/runtime/embedded-postgres/embedded-postgres';
import { KafkaMissingError, kafkaJars } from '../../stack/kafka/jars';
import { keepForTeardown } from './global-teardown';
import { startOwnBroker } from './kafka/broker';
import { NEEDS } from './needs';

const ROOT = join(__dirname, '../..');

type Clean = () => Promise<void>;
type GlobalConfig = Config & { testPathPatterns: { patterns: string[] } };
type ProjectConfig = { displayName?: { name: string } };

/**
 * Starts what specs share: a PostgreSQL (the one of TIDEMARK_TEST_ADMIN_URL where that is given), a fresh
 * build where a spec that may start the program is to run, and one Kafka for a whole run of the servers'
 * specs.
 */
export default async function globalSetup(
  { testPathPatterns: { patterns } }: GlobalConfig,
  project: ProjectConfig,
): Promise<void> {
  if (await mayStartTheProgram(patterns))
    execFileSync(process.execPath, [join(ROOT, 'scripts/build.js'), '--if-stale'], { stdio: 'inherit' });
  const started: Clean[] = [];
  const clean = async () => {
    await Promise.all(started.splice(0).map((end) => end()));
  };
  keepForTeardown(clean);
  // Jest leaves the teardown out when it is interrupted.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void clean().finally(() => process.exit(130)));
  if (!process.env.TIDEMARK_TEST_ADMIN_URL) started.push(await startPostgres());
  if (patterns.length > 0 || project.displayName?.name !== 'servers') return;
  await Promise.all(Object.keys(NEEDS).map(get));
  if (!process.env.KAFKA_TEST_BROKERS && canHaveKafka()) started.push(await startKafka());
}

async function startPostgres(): Promise<Clean> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tidemark-test-'));
  const postgres = await attachEmbeddedPostgres({
    dataDir,
    applicationName: 'tidemark tests',
    // A test's database is thrown away in any case.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
  });
  process.env.TIDEMARK_TEST_ADMIN_URL = postgres.url;
  return async () => {
    await postgres.leave();
    await rm(dataDir, { recursive: true, force: true });
  };
}

/**
 * Gets one of the needs, in a process of its own: they come at once, and no two workers get the same. A suite
 * whose need is missing says so itself.
 */
async function get(need: string): Promise<void> {
  const script = [join(__dirname, 'run-typescript.js'), join(__dirname, 'needs.ts'), need];
  await once(spawn(process.execPath, script, { stdio: 'ignore' }), 'close');
}

/** Without it each suite that needs a broker starts its own. */
async function startKafka(): Promise<Clean> {
  const broker = await startOwnBroker();
  process.env.KAFKA_TEST_BROKERS = broker.brokers.join(',');
  return () => broker.stop();
}

function canHaveKafka(): boolean {
  try {
    kafkaJars();
    return true;
  } catch (error) {
    if (error instanceof KafkaMissingError) return false;
    throw error;
  }
}

/** @param patterns of the paths of the specs that are to run; none: all specs */
async function mayStartTheProgram(patterns: readonly string[]): Promise<boolean> {
  if (patterns.length === 0) return true;
  const folders = await Promise.all(
    ['src', 'test'].map(async (folder) =>
      (await readdir(join(ROOT, folder), { recursive: true })).map((file) => join(folder, file)),
    ),
  );
  const files = folders.flat().filter((file) => /\.(e2e|long|servers|slow)\.spec\.ts$/.test(file));
  return patterns.some((pattern) =>
    files.some((file) => pattern.endsWith(file) || new RegExp(pattern).test(file)),
  );
}
