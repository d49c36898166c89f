import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const POM = join(__dirname, 'pom.xml');
const FETCH_WITHIN_MS = 10 * 60_000;
const LOWEST_JAVA = 17;

/** The release of Kafka that the specs and `npm run stack` run. */
export const KAFKA_VERSION = /<kafka\.version>([^<]+)</.exec(readFileSync(POM, 'utf8'))?.[1] as string;

/** What Kafka needs on this machine and cannot find; the message says what, and what to do about it. */
export class KafkaMissingError extends Error {
  override readonly name = 'KafkaMissingError';
}

/**
 * The folder with Kafka's jars, outside the source tree. The first call on a machine fetches them from Maven
 * Central; it blocks, because whether a suite is skipped has to be known before it is declared.
 * @param beforeFetch called when they have to be fetched
 * @throws KafkaMissingError saying what is missing: Java, Maven or the way to the repository
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
    // Another process fetched them meanwhile.
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

/** Answers what the command printed. */
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
