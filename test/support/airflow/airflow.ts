import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pythonEnvironment } from '../python/environment';
import { describeWith } from '../suite';

const REQUIREMENTS = join(__dirname, 'requirements.txt');
const DAGS = join(__dirname, '../../../deploy/airflow/dags');

export interface Task {
  id: string;
  operator: string;
  command: string | string[];
  environment: Record<string, string>;
  network: string | null;
  /** what is mounted, with its kind, by where */
  mounts: Record<string, string>;
  after: string[];
  retries: number;
  backoff: boolean;
  /** seconds, as are the next two */
  retryDelay: number;
  maxRetryDelay: number;
  timeout: number;
}

export interface Dag {
  id: string;
  schedule: string;
  catchup: boolean;
  maxActiveRuns: number;
  /** seconds */
  timeout: number;
  doc: string;
  tasks: Task[];
}

export interface Answer {
  /** the last line of each error of an import */
  errors: string[];
  dags: Dag[];
  /** the task that failed, and how; null: none did. Only after a run, as is the next one */
  failed?: string | null;
  skipped?: string[];
}

export interface Run {
  type: 'manual' | 'scheduled';
  /** of the day in UTC, 0 .. 23 */
  hour: number;
}

/** A suite that needs Apache Airflow. */
export function describeAirflow(title: string, suite: () => void): void {
  describeWith([airflowPython], title, suite);
}

/** @throws Error saying why it cannot be had */
export function airflowPython(): string {
  return join(pythonEnvironment('airflow', REQUIREMENTS), 'bin/python');
}

/**
 * What Airflow makes of deploy/airflow/dags.
 * @param home a folder for what it writes
 * @param variables of the worker, beside those that any process has
 * @param run executes the tasks, too, as in such a run
 */
export async function askAirflow(
  home: string,
  variables: Record<string, string> = {},
  run?: Run,
): Promise<Answer> {
  const args = [join(__dirname, 'inspect_dag.py'), DAGS, ...(run ? [run.type, String(run.hour)] : [])];
  const child = spawn(airflowPython(), args, {
    env: {
      PATH: process.env.PATH,
      HOME: home,
      AIRFLOW_HOME: home,
      // Nothing is left beside the DAG.
      PYTHONDONTWRITEBYTECODE: '1',
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, problems] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const answer = out.trim().split('\n').at(-1) ?? '';
  if (!answer.startsWith('{')) throw new Error(`Airflow did not answer: ${problems.slice(-2000)}`);
  return JSON.parse(answer) as Answer;
}
