import { execFile } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pino from 'pino';
import { openKafka } from '../../src/kafka/connection';
import { sourceOf, toRecord } from '../../src/kafka/record';
import type { Runtime } from '../../src/runtime/runtime';
import { JARS, SPARK } from '../../src/spark/versions';
import { startOwnBroker } from '../../test/support/kafka/broker';
import { sparkEnvironment, sparkJars } from '../../test/support/spark/environment';
import { type Measurement, plain } from './bench';
import { bridgeRate } from './kafka-stages';

const execute = promisify(execFile);
const SCRIPT = join(__dirname, 'spark_peer.py');
const JOB = join(__dirname, '../../deploy/spark');
const PARTITIONS = 4;
const FILES = 4;

interface Cost {
  seconds: number;
  /** user and system time of Java and Python, without their start */
  cpuSeconds: number;
  orders: number;
}

/**
 * PySpark takes the orders of a log to one table of a lake, `order_lines`: from Kafka, and from files of the
 * same records. The statements are those of deploy/spark, in one batch and without its marks.
 * @param runtime a store with one event an order: that it was placed
 */
export async function sparkPeers(runtime: Runtime, orders: number, folder: string): Promise<Measurement[]> {
  const work = join(folder, 'spark');
  await mkdir(join(work, 'files'), { recursive: true });
  try {
    await writeFiles(runtime, join(work, 'files'));
    const files = await run(join(work, 'files'), join(work, 'from-files'), orders);
    const kafka = await fromKafka(runtime, join(work, 'from-kafka'), orders);
    return [
      plain(`PySpark ${SPARK}, order_lines from Kafka`, orders / kafka.cpuSeconds, 'orders/core-second'),
      plain(`PySpark ${SPARK}, order_lines from files`, orders / files.cpuSeconds, 'orders/core-second'),
    ];
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The broker's own processor time is not counted. */
async function fromKafka(runtime: Runtime, lake: string, orders: number): Promise<Cost> {
  const broker = await startOwnBroker();
  try {
    const kafka = { brokers: broker.brokers, topicPrefix: '', ssl: false, clientId: 'bench' };
    const { admin, close } = await openKafka(kafka, pino({ level: 'silent' }));
    try {
      await bridgeRate({ runtime, admin, kafka, partitions: PARTITIONS }, orders);
    } finally {
      await close();
    }
    return await run(`kafka:${broker.brokers.join(',')}/orders`, lake, orders);
  } finally {
    await broker.stop();
  }
}

/** The log as the bridge would write it, a record a line. */
async function writeFiles({ store }: Runtime, folder: string): Promise<void> {
  const source = sourceOf(await store.identity());
  const files = await Promise.all(
    Array.from({ length: FILES }, (_, index) => open(join(folder, `${index}.json`), 'w')),
  );
  let turn = 0;
  for await (const { events } of store.readAll(null)) {
    const lines = events.map((event) => `${toRecord(event, source, 1).value.toString()}\n`);
    await files[turn++ % FILES]?.write(lines.join(''));
  }
  await Promise.all(files.map((file) => file.close()));
}

async function run(source: string, lake: string, orders: number): Promise<Cost> {
  const { python, home } = sparkEnvironment();
  const settings = {
    'spark.ui.enabled': 'false',
    'spark.log.level': 'ERROR',
    'spark.sql.shuffle.partitions': '2',
  };
  const { stdout } = await execute(
    join(home, 'bin/spark-submit'),
    [
      ...['--master', 'local[2]', '--driver-memory', '2g', '--jars', sparkJars(JARS).join(',')],
      ...Object.entries(settings).flatMap(([name, value]) => ['--conf', `${name}=${value}`]),
      ...[SCRIPT, JOB, source, lake],
    ],
    { env: { ...process.env, SPARK_HOME: home, PYSPARK_PYTHON: python, TZ: 'UTC', LC_ALL: 'C.UTF-8' } },
  );
  const cost = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Cost;
  if (cost.orders !== orders) throw new Error(`Spark took ${cost.orders} orders of ${orders}`);
  return cost;
}
