import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { askAirflow, describeAirflow, type Run } from '../support/airflow/airflow';
import { tidemarkCalls, unknownIn } from './support/command-line';
import { ROOT } from './support/compose-file';
import { dataFolder } from './support/dockerfile';
import { knownVariables } from './support/known-variables';

const STEPS = ['init', 'load', 'verify'];
const COMMAND = '/opt/tidemark/bin/tidemark.js';
const BY_HAND: Run = { type: 'manual', hour: 12 };

/**
 * What `tidemark warehouse` does not read, and what is not the worker's to say of a container: where its data
 * are.
 */
const OF_OTHERS = new RegExp(
  '^(HOST|PORT|NODE_ENV|TIDEMARK_(ALLOWED_HOSTS|AUTH|ROLES|WORKERS|DATA_DIR)|KAFKA_\\w+|' +
    'REPORTING_CURRENCY|STORE_TIME_ZONE)$',
);

// Each question is a process that imports Airflow.
jest.setTimeout(240_000);

describeAirflow('the DAG, as Apache Airflow reads it', () => {
  let home: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'tidemark-airflow-'));
  });

  afterAll(() => rm(home, { recursive: true, force: true }));

  const airflow = (variables: Record<string, string> = {}, run?: Run) =>
    askAirflow(home, { TIDEMARK_COMMAND: COMMAND, ...variables }, run);

  it('is imported without an error; it runs every hour, one at a time, and skips missed runs', async () => {
    const { errors, dags } = await airflow();
    expect(errors).toEqual([]);
    expect(dags).toEqual([
      expect.objectContaining({
        id: 's3_to_snowflake_ecommerce',
        schedule: '@hourly',
        catchup: false,
        maxActiveRuns: 1,
        doc: expect.stringContaining('tidemark warehouse load'),
      }),
    ]);
  });

  it('makes the tables, loads, verifies; retries wait longer each time', async () => {
    const { dags } = await airflow();
    const tasks = dags[0]?.tasks ?? [];
    expect(tasks.map(({ id, command, after }) => [id, command, after])).toEqual([
      ['init', `${COMMAND} warehouse init`, []],
      ['load', `${COMMAND} warehouse load`, ['init']],
      ['verify', `${COMMAND} warehouse verify`, ['load']],
    ]);
    for (const task of tasks) {
      expect(task.retries).toBeGreaterThan(0);
      expect(task.backoff).toBe(true);
      expect(task.maxRetryDelay).toBeGreaterThan(task.retryDelay);
      expect(task.timeout).toBeGreaterThan(0);
    }
    const longest = tasks.reduce((sum, { timeout }) => sum + timeout, 0);
    expect(dags[0]?.timeout).toBeGreaterThanOrEqual(longest);
  });

  it.each([
    ['docker', 'DockerOperator', (step: string) => `node bin/tidemark.js warehouse ${step}`],
    ['kubernetes', 'KubernetesPodOperator', (step: string) => ['node', 'bin/tidemark.js', 'warehouse', step]],
  ])('runs commands that exist in %s where TIDEMARK_RUNNER says so', async (runner, operator, command) => {
    const { errors, dags } = await airflow({ TIDEMARK_RUNNER: runner });
    expect(errors).toEqual([]);
    expect(dags[0]?.tasks.map((task) => [task.id, task.operator, task.command])).toEqual(
      STEPS.map((step) => [step, operator, command(step)]),
    );
    const calls = dags[0]?.tasks.flatMap((task) => tidemarkCalls([task.command].flat())) ?? [];
    expect(calls).toEqual(STEPS.map((step) => ['warehouse', step]));
    expect(calls.flatMap(unknownIn)).toEqual([]);
  });

  it('has every setting of its own in the README', async () => {
    const folder = join(ROOT, 'deploy/airflow');
    const dag = await readFile(join(folder, 'dags/s3_to_snowflake_ecommerce.py'), 'utf8');
    const page = await readFile(join(folder, 'README.md'), 'utf8');
    const read = [...dag.matchAll(/(?:environ\.get|hour)\("(TIDEMARK_\w+)"/g)].map(([, name]) => name);
    const documented = [...page.matchAll(/^\| `(TIDEMARK_\w+)` \|/gm)].map(([, name]) => name);
    expect(read.sort()).toEqual(documented.sort());
  });

  it('hands a container what the configuration knows for these commands, and nothing else', async () => {
    const settings = Object.fromEntries(
      [...knownVariables()].filter((name) => !OF_OTHERS.test(name)).map((name) => [name, `/of/${name}`]),
    );
    const others = {
      AIRFLOW__CORE__FERNET_KEY: '',
      TIDEMARK_DATA_DIR: '/of/worker',
      KAFKA_SSL_CA_PATH: '/of/kafka',
    };
    const { dags } = await airflow({ TIDEMARK_RUNNER: 'docker', ...others, ...settings });
    expect(dags[0]?.tasks).toHaveLength(3);
    for (const { environment } of dags[0]?.tasks ?? []) expect(environment).toEqual(settings);
  });

  it('mounts files that settings name at their paths, a volume for the data; joins a network', async () => {
    const { dags } = await airflow({
      TIDEMARK_RUNNER: 'docker',
      TIDEMARK_NETWORK: 'tidemark_default',
      SNOWFLAKE_PRIVATE_KEY_PATH: '/keys/loader.p8',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/run/token',
      KAFKA_SSL_CA_PATH: '/keys/kafka.pem',
    });
    for (const { mounts, network } of dags[0]?.tasks ?? []) {
      expect(network).toBe('tidemark_default');
      expect(mounts).toEqual({
        [dataFolder()]: 'volume tidemark-warehouse',
        '/keys/loader.p8': 'bind /keys/loader.p8',
        '/run/token': 'bind /run/token',
      });
    }
  });

  it.each([
    ['docker', 'volume mine'],
    ['kubernetes', 'claim mine'],
  ])('keeps the data folder of the image in %s where TIDEMARK_VOLUME says', async (runner, kept) => {
    const { errors, dags } = await airflow({ TIDEMARK_RUNNER: runner, TIDEMARK_VOLUME: 'mine' });
    expect(errors).toEqual([]);
    for (const { mounts } of dags[0]?.tasks ?? []) expect(mounts).toEqual({ [dataFolder()]: kept });
  });

  it.each(['', 'tidemark', 'npx tidemark', '/usr/bin/npx tidemark', '/usr/bin/env npx tidemark'])(
    'is not imported with a command that could be any program: %j',
    async (command) => {
      const { errors, dags } = await airflow({ TIDEMARK_COMMAND: command });
      expect(dags).toEqual([]);
      expect(errors).toEqual([
        expect.stringMatching(/^ValueError: TIDEMARK_COMMAND is .* by its absolute path/),
      ]);
    },
  );

  it.each([
    [{ TIDEMARK_RUNNER: 'ssh' }, "TIDEMARK_RUNNER is bash, docker or kubernetes, not 'ssh'"],
    [{ TIDEMARK_VERIFY_HOUR: '24' }, "TIDEMARK_VERIFY_HOUR is an hour from 0 to 23, not '24'"],
  ])('says what a setting may be: %j', async (variables, message) => {
    const { errors, dags } = await airflow(variables);
    expect(dags).toEqual([]);
    expect(errors).toEqual([`ValueError: ${message}`]);
  });

  it('runs the commands one after the other, with the variables of the worker', async () => {
    const { program, calls } = await recorder('exit 0');
    const { failed } = await airflow({ TIDEMARK_COMMAND: program, LAKE_URL: 's3://shop/lake' }, BY_HAND);
    expect(failed).toBeNull();
    expect(await calls()).toEqual(STEPS.map((step) => `warehouse ${step} s3://shop/lake`));
  });

  it.each([
    [3, {}, []],
    [4, {}, ['verify']],
    [4, { TIDEMARK_VERIFY_HOUR: '4' }, []],
  ])('verifies in the scheduled run of one hour of the day: %i:00, %j', async (hour, variables, left) => {
    const { program, calls } = await recorder('exit 0');
    const scheduled: Run = { type: 'scheduled', hour };
    const { failed, skipped } = await airflow({ TIDEMARK_COMMAND: program, ...variables }, scheduled);
    expect({ failed, skipped }).toEqual({ failed: null, skipped: left });
    expect(await calls()).toEqual(
      STEPS.filter((step) => !skipped?.includes(step)).map((step) => `warehouse ${step}`),
    );
  });

  it('stops at a command that fails, and posts that the run failed', async () => {
    const posted: string[] = [];
    const server = createServer(async (request, response) => {
      posted.push(await text(request));
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { program, calls } = await recorder('[ "$2" != load ]');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const { failed } = await airflow({ TIDEMARK_COMMAND: program, TIDEMARK_ALERT_URL: url }, BY_HAND);
      expect(failed).toBe('load: AirflowException');
      expect(await calls()).toEqual(['warehouse init', 'warehouse load']);
      expect(posted.map((body) => JSON.parse(body))).toEqual([
        { text: 's3_to_snowflake_ecommerce, run manual, failed: task_failure' },
      ]);
    } finally {
      server.close();
    }
  });

  it('fails as the command did when the alert cannot be delivered', async () => {
    const { program } = await recorder('exit 1');
    const { failed } = await airflow({ TIDEMARK_COMMAND: program, TIDEMARK_ALERT_URL: 'nowhere' }, BY_HAND);
    expect(failed).toBe('init: AirflowException');
  });

  /** A program that writes down its arguments and the address of the lake. */
  async function recorder(end: string) {
    const folder = await mkdtemp(join(home, 'recorder-'));
    const program = join(folder, 'tidemark');
    const log = join(folder, 'calls');
    await writeFile(program, `#!/bin/sh\necho "$@" $LAKE_URL >> ${log}\n${end}\n`);
    await chmod(program, 0o755);
    return { program, calls: async () => (await readFile(log, 'utf8')).trim().split('\n') };
  }
});
