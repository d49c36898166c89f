import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from '../../cached-folder';

const POM = join(__dirname, 'pom.xml');
const FETCH_WITHIN_MS = 10 * 60_000;
const LOWEST_JAVA = 17;

/**
 * The folder with the jars of Iceberg's REST catalog server, from Maven Central; see cachedFolder.
 * @throws Error saying what is missing: Java, Maven or the way to the repository
 */
export function restCatalogJars(): string {
  checkJava();
  const version = /<iceberg\.version>([^<]+)</.exec(readFileSync(POM, 'utf8'))?.[1];
  return cachedFolder(`rest-catalog-${version}`, (folder) => {
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
    run('mvn', ['-q', '-B', '-f', POM, ...goal]);
  });
}

function checkJava(): void {
  const version = /version "(?:1\.)?(\d+)/.exec(run('java', ['-version']))?.[1];
  if (Number(version) < LOWEST_JAVA) {
    throw new Error(`Java ${LOWEST_JAVA} or later is needed (java is version ${version})`);
  }
}

/** Runs a command. @returns what it printed */
function run(command: string, args: string[]): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: FETCH_WITHIN_MS,
  });
  if (error) throw new Error(`${command} cannot be run: ${error.message}`);
  if (status !== 0) throw new Error(`${command} failed: ${(stdout + stderr).trim().slice(-500)}`);
  return stdout + stderr;
}
