import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JARS } from '../../../src/spark/versions';
import { sparkEnvironment, sparkJars } from './environment';

const JOB = join(__dirname, '../../../deploy/spark/lake.py');

export interface JobOptions {
  /** of the lake and of Kafka, as Tidemark's own */
  env: Record<string, string>;
  /** more jars than those of a lake in a folder */
  jars?: readonly string[];
}

/** A run of the job. */
export interface RunningJob {
  process: ChildProcess;
  /** what it printed so far */
  output(): string;
  /** kill -9 of Python and Java; resolves when both are gone */
  kill9(): Promise<void>;
  /** @throws Error with what it printed when it failed */
  ended(): Promise<void>;
}

/** Runs `lake.py` with local threads, as `spark-submit` does on a cluster. */
export function startJob(args: readonly string[], { env, jars = [] }: JobOptions): RunningJob {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-spark-'));
  const settings = {
    'spark.ui.enabled': 'false',
    'spark.ui.showConsoleProgress': 'false',
    'spark.sql.shuffle.partitions': '1',
    'spark.local.dir': folder,
    'spark.log.level': 'ERROR',
  };
  const { python, home } = sparkEnvironment();
  const child = spawn(
    join(home, 'bin/spark-submit'),
    [
      '--master',
      'local[2]',
      '--driver-memory',
      '2g',
      // A run is short: the second compiler would take more time than it gains.
      '--driver-java-options',
      '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC',
      '--jars',
      sparkJars([...JARS, ...jars]).join(','),
      ...Object.entries(settings).flatMap(([name, value]) => ['--conf', `${name}=${value}`]),
      JOB,
      ...args,
    ],
    {
      // A group of its own: spark-submit is a shell, then Java, then Python.
      env: { ...process.env, ...env, SPARK_HOME: home, PYSPARK_PYTHON: python, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
      detached: true,
      cwd: folder,
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-200_000);
      if (process.env.SPARK_LOG) process.stderr.write(chunk);
    });
  const closed = once(child, 'close').finally(() => rmSync(folder, { recursive: true, force: true }));
  return {
    process: child,
    output: () => output,
    async kill9() {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL');
      await closed;
    },
    async ended() {
      await closed;
      if (child.exitCode !== 0) throw new Error(`lake.py ${args.join(' ')} failed:\n${output.slice(-6_000)}`);
    },
  };
}
