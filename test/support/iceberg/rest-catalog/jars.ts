import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const POM = join(__dirname, 'pom.xml');
const FETCH_WITHIN_MS = 10 * 60_000;
const LOWEST_JAVA = 17;

/**
 * The folder with the jars of Iceberg's REST catalog server, outside the source tree. The first call on a machine fetches them from
 * Maven Central; it blocks, because whether a suite is skipped has to be known before it is declared.
 * @throws Error saying what is missing: Java, Maven or the way to the repository
 */
export function restCatalogJars(): string {
  checkJava();
  const version = /<iceberg\.version>([^<]+)</.exec(readFileSync(POM, 'utf8'))?.[1];
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidemark');
  const folder = join(cache, `rest-catalog-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const fetched = mkdtempSync(join(cache, 'fetching-'));
  try {
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${fetched}`];
    run('mvn', ['-q', '-B', '-f', POM, ...goal]);
    renameSync(fetched, folder);
  } catch (error) {
    // Another process fetched them meanwhile.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(fetched, { recursive: true, force: true });
  }
  return folder;
}

function checkJava(): void {
  const version = /version "(?:1\.)?(\d+)/.exec(run('java', ['-version']))?.[1];
  if (Number(version) < LOWEST_JAVA) {
    throw new Error(`Java ${LOWEST_JAVA} or later is needed (java is version ${version})`);
  }
}

/** Answers what the command printed. */
function run(command: string, args: string[]): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: FETCH_WITHIN_MS,
  });
  if (error) throw new Error(`${command} cannot be run: ${error.message}`);
  if (status !== 0) throw new Error(`${command} failed: ${(stdout + stderr).trim().slice(-500)}`);
  return stdout + stderr;
}
