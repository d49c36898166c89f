import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonEnvironment, run } from '../../python/environment';

const execute = promisify(execFile);
const RUNTIME = 'iceberg-spark-runtime-4.0_2.13';
const RUNTIME_VERSION = '1.11.0';
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export type SparkRow = Record<string, unknown>;

/**
 * Runs statements in one Spark session that has the lake as a Hadoop catalog named `lake`. Takes some ten seconds.
 * @returns the rows of each; decimals, dates and times are texts
 */
export async function sparkSql(lakeFolder: string, statements: readonly string[]): Promise<SparkRow[][]> {
  const home = sparkEnvironment();
  const jar = join(home, 'jars', `${RUNTIME}-${RUNTIME_VERSION}.jar`);
  const script = [join(__dirname, 'run.py'), jar, `file://${lakeFolder}`, JSON.stringify(statements)];
  const { stdout } = await execute(join(home, 'bin/python'), script, {
    // Java takes the letters of file names from the locale.
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as SparkRow[][];
}

/** @throws Error saying why Spark cannot be run here, if it cannot */
export function needSpark(): void {
  run('java', ['-version']);
  sparkEnvironment();
}

function sparkEnvironment(): string {
  return pythonEnvironment('spark', join(__dirname, 'requirements.txt'), (folder) => {
    const artifact = `-Dartifact=org.apache.iceberg:${RUNTIME}:${RUNTIME_VERSION}`;
    run('mvn', ['-q', '-B', 'dependency:copy', artifact, `-DoutputDirectory=${join(folder, 'jars')}`]);
  });
}
