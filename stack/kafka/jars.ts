import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const POM = join(__dirname, 'pom.xml');
const FETCH_WITHIN_MS = 10 * 60_000;
const LOWEST_JAVA = 17;

/** The release of Kafka that the specs and `npm run stack` run. */
export const KAFKA_VERSION = /<kafka\.version>([^<]+)</.exec(readFileSync(POM, 'utf8'))?.[1] as string;

/** Kafka cannot run on this machine. The message says what is missing and how to install it. */
export class KafkaMissingError extends Error {
  override readonly name = 'KafkaMissingError';
}

/**
 * Finds the folder with Kafka's jars, outside the source tree. The first call on a machine fetches them from
 * Maven Central. It blocks, because a spec file must know whether to skip a suite before it declares the
 * suite.
 * @param beforeFetch called before the jars are fetched
 * @throws KafkaMissingError when Java, Maven or access to the repository is missing
 */
export function kafkaJars(beforeFetch?: () => void): string {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidemark');
  const folder = join(cache, `kafka-${KAFKA_VERSION}`);
  checkJava();
  if (existsSync(folder)) return folder;
  beforeFetch?.();
  mkdirSync(cache, { recursive: true });
  const fetched = mkdtempSync(join(cache, 'fetching-'));
  try {
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${fetched}`];
    run('mvn', ['-q', '-B', '-f', POM, ...goal], 'Maven is needed to fetch Kafka: install it once');
    renameSync(fetched, folder);
  } catch (error) {
    // Another process may have fetched them meanwhile.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(fetched, { recursive: true, force: true });
  }
  return folder;
}

function checkJava(): void {
  const advice = `Kafka needs Java ${LOWEST_JAVA} or later: install it`;
  const said = run('java', ['-version'], advice);
  const version = /version "(?:1\.)?(\d+)/.exec(said)?.[1];
  if (Number(version) < LOWEST_JAVA) throw new KafkaMissingError(`${advice} (java is version ${version})`);
}

/** Runs a command. @returns its output */
function run(command: string, args: string[], advice: string): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: FETCH_WITHIN_MS,
  });
  if (error) throw new KafkaMissingError(`${advice} (${command} cannot be run: ${error.message})`);
  if (status !== 0) {
    const output = (stdout + stderr).trim();
    throw new KafkaMissingError(`${command} failed: ${output.slice(-500)}`);
  }
  return stdout + stderr;
}
