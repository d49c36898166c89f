import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SHORT_LIVED } from '../../../stack/kafka/broker';

const run = promisify(execFile);

/** A record as Kafka's own console consumer prints it. */
export interface ConsoleRecord {
  partition: number;
  offset: number;
  headers: Record<string, string>;
  /** null where the record has none */
  key: string | null;
  value: string;
}

export interface ConsoleConsumeOptions {
  fromBeginning?: boolean;
  /** it ends when no record came for so long; default 5,000 */
  timeoutMs?: number;
}

/** Runs one of Kafka's command line tools to its end and answers what it printed. */
export async function runTool(jars: string, mainClass: string, args: string[]): Promise<string> {
  const { stdout } = await run(
    'java',
    ['-XX:+UseSerialGC', SHORT_LIVED, '-cp', join(jars, '*'), mainClass, ...args],
    { maxBuffer: 512 * 1024 ** 2 },
  );
  return stdout;
}

/** Reads a topic with Kafka's console consumer. */
export async function consoleConsume(
  jars: string,
  brokers: string,
  topic: string,
  { fromBeginning = true, timeoutMs = 5_000 }: ConsoleConsumeOptions = {},
): Promise<ConsoleRecord[]> {
  const printed = ['partition', 'offset', 'headers', 'key'];
  const output = await runTool(jars, 'org.apache.kafka.tools.consumer.ConsoleConsumer', [
    '--bootstrap-server',
    brokers,
    '--topic',
    topic,
    '--timeout-ms',
    String(timeoutMs),
    ...(fromBeginning ? ['--from-beginning'] : []),
    ...printed.flatMap((what) => ['--formatter-property', `print.${what}=true`]),
  ]);
  return output.split('\n').filter(Boolean).map(parseRecord);
}

/** `Partition:0 Offset:7 a:b,c:d key value`, with tabs in between, which neither names nor JSON have. */
function parseRecord(line: string): ConsoleRecord {
  const [partition = '', offset = '', headers = '', key = '', value = ''] = line.split('\t');
  const pairs = headers.split(',').map((pair) => {
    const colon = pair.indexOf(':');
    return [pair.slice(0, colon), pair.slice(colon + 1)];
  });
  return {
    partition: Number(partition.replace('Partition:', '')),
    offset: Number(offset.replace('Offset:', '')),
    headers: headers === 'NO_HEADERS' ? {} : Object.fromEntries(pairs),
    key: key === 'null' ? null : key,
    value,
  };
}

/**
 * What `kafka-consumer-groups --describe` says of a group: a row for each partition, by column title.
 * @throws Error with what the tool said when it knows no such group
 */
export async function consumerGroups(
  jars: string,
  brokers: string,
  group: string,
): Promise<Record<string, string>[]> {
  const output = await runTool(jars, 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', [
    '--bootstrap-server',
    brokers,
    '--describe',
    '--group',
    group,
  ]);
  const lines = output.split('\n').filter(Boolean);
  const first = lines.findIndex((line) => line.startsWith('GROUP '));
  // It ends well also when there is no such group.
  if (first === -1) throw new Error(`kafka-consumer-groups: ${output.trim()}`);
  // By place, because names of clients may have blanks.
  const titles = [...(lines[first] ?? '').matchAll(/\S+/g)];
  return lines
    .slice(first + 1)
    .map((line) =>
      Object.fromEntries(
        titles.map(({ 0: title, index }, i) => [title, line.slice(index, titles[i + 1]?.index).trim()]),
      ),
    );
}
