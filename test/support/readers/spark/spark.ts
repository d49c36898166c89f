import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LakeOptions } from '../../../../src/lake/open-lake';
import { cachedFolder } from '../../cached-folder';
import { pythonEnvironment, run } from '../../python/environment';

const execute = promisify(execFile);
const ICEBERG = '1.11.0';
const HADOOP = '3.4.1';
/** What Hadoop's S3 needs of AWS; the bundle has all but the transfer manager, of this version. */
const AWS = '2.44.4';
const JARS = [
  `org.apache.iceberg:iceberg-spark-runtime-4.0_2.13:${ICEBERG}`,
  `org.apache.iceberg:iceberg-aws-bundle:${ICEBERG}`,
  `org.apache.hadoop:hadoop-aws:${HADOOP}`,
  `software.amazon.awssdk:s3-transfer-manager:${AWS}`,
];
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export type SparkRow = Record<string, unknown>;

/**
 * Runs statements in one Spark session that has a lake as a Hadoop catalog named `lake`. Takes some ten
 * seconds.
 * @returns the rows of each; decimals, dates and times are texts
 */
export async function sparkSql(lake: LakeOptions, statements: readonly string[]): Promise<SparkRow[][]> {
  const jars = JARS.map((artifact) => join(sparkJars(), `${artifact.split(':').slice(1).join('-')}.jar`));
  const settings = { 'spark.jars': jars.join(','), ...settingsOf(lake) };
  const script = [join(__dirname, 'run.py'), JSON.stringify(settings), JSON.stringify(statements)];
  const { stdout } = await execute(join(sparkEnvironment(), 'bin/python'), script, {
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
  sparkJars();
}

/** Its folder, or its bucket with the credentials of AWS_*. */
function settingsOf({ url, s3 }: LakeOptions): Record<string, string | undefined> {
  const warehouse = 'spark.sql.catalog.lake.warehouse';
  if (!url.startsWith('s3:')) return { [warehouse]: `file://${url}` };
  return {
    [warehouse]: url,
    'spark.hadoop.fs.s3.impl': 'org.apache.hadoop.fs.s3a.S3AFileSystem',
    'spark.hadoop.fs.s3a.endpoint': s3?.endpoint,
    'spark.hadoop.fs.s3a.endpoint.region': 'us-east-1',
    'spark.hadoop.fs.s3a.path.style.access': 'true',
    'spark.hadoop.fs.s3a.access.key': process.env.AWS_ACCESS_KEY_ID,
    'spark.hadoop.fs.s3a.secret.key': process.env.AWS_SECRET_ACCESS_KEY,
  };
}

const sparkEnvironment = (): string => pythonEnvironment('spark', join(__dirname, 'requirements.txt'));

function sparkJars(): string {
  return cachedFolder(`spark-jars-${ICEBERG}-${HADOOP}-${AWS}`, (folder) => {
    for (const artifact of JARS)
      run('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`]);
  });
}
