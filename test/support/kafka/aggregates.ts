import type { ChildProcess } from 'node:child_process';
import type { Pool } from 'pg';
import type { KafkaOptions } from '../../../src/kafka/kafka-options';
import { AGGREGATES_TOPIC } from '../../../src/kafka/topics';
import { until } from '../until';
import type { ProcessOptions } from './aggregates-process';
import { readRecords } from './read-topic';
import { spawnProcess } from './spawn-process';

const KINDS = 3;

/** A record of topic `order-aggregates`. */
export interface AggregateRecord {
  partition: number;
  key: string | null;
  headers: Record<string, string>;
  event: {
    specversion: string;
    id: string;
    type: string;
    source: string;
    subject: string;
    time: string;
    datacontenttype: string;
    position: string;
    data: Record<string, unknown>;
  };
}

/** All that is in the topic, partition by partition in its order. */
export async function readAggregates(kafka: KafkaOptions): Promise<AggregateRecord[]> {
  const records = await readRecords(kafka, [AGGREGATES_TOPIC]);
  return records.map(({ partition, record: { key, value, headers } }) => ({
    partition,
    key: key?.toString() ?? null,
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
    event: JSON.parse(String(value)),
  }));
}

/** Resolves when the changes of all kinds up to a position have been acknowledged. */
export async function untilPublished(pool: Pool, position: string): Promise<void> {
  await until(async () => {
    const { rows } = await pool.query<{ kinds: string }>(
      'SELECT count(*) AS kinds FROM tidemark.aggregate_checkpoints WHERE position >= $1',
      [position],
    );
    return Number(rows[0]?.kinds) === KINDS;
  });
}

/** A publisher in a process of its own, which can be killed. */
export function spawnPublisher(databaseUrl: string, kafka: KafkaOptions): ChildProcess {
  const options: ProcessOptions = { kafka };
  return spawnProcess('aggregates-process.ts', databaseUrl, options);
}
