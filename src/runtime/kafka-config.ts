import { type KafkaOptions, SASL_MECHANISMS, type TopicOptions } from '../kafka/kafka-options';
import { type ConfigReader, parseBoolean, parseCount } from './config-reader';

export interface KafkaConfig extends KafkaOptions {
  topics: TopicOptions;
}

/** Kafka allows 249 characters for a topic's name. The longest name behind the prefix has 16. */
const PREFIX_LENGTH = 200;
const MOST_PARTITIONS = 10_000;

/** Reads KAFKA_*. Without KAFKA_BROKERS there is no Kafka, and the other variables are only checked. */
export function readKafkaConfig(reader: ConfigReader): KafkaConfig | undefined {
  const { check } = reader;
  const brokers = check('KAFKA_BROKERS', parseBrokers, 'give host:port, or several, separated by commas');
  const topicPrefix =
    check(
      'KAFKA_TOPIC_PREFIX',
      (text) => (text.length <= PREFIX_LENGTH && /^[A-Za-z0-9._-]+$/.test(text) ? text : undefined),
      `give at most ${PREFIX_LENGTH} letters, digits, dots, hyphens and underscores`,
    ) ?? '';
  const partitions =
    check(
      'KAFKA_PARTITIONS',
      parseCount(MOST_PARTITIONS),
      `give a whole number from 1 to ${MOST_PARTITIONS}`,
    ) ?? 4;
  const replicationFactor = check(
    'KAFKA_REPLICATION_FACTOR',
    parseCount(32_767),
    'give a whole number above 0',
  );
  const ssl = readSsl(reader);
  const sasl = readSasl(reader);
  if (brokers === undefined) return undefined;
  return { brokers, topicPrefix, ssl, sasl, clientId: 'tidemark', topics: { partitions, replicationFactor } };
}

function readSsl({ value, check, file, report }: ConfigReader): KafkaOptions['ssl'] {
  const on = check('KAFKA_SSL', parseBoolean, 'give true or false') ?? false;
  if (value('KAFKA_SSL_CA_PATH') === undefined) return on;
  if (!on) {
    report('KAFKA_SSL_CA_PATH is given, but KAFKA_SSL is not true');
    return false;
  }
  const ca = file('KAFKA_SSL_CA_PATH');
  return ca === undefined ? true : { ca };
}

function readSasl({ value, check, report }: ConfigReader): KafkaOptions['sasl'] {
  const mechanism = check(
    'KAFKA_SASL_MECHANISM',
    (text) => SASL_MECHANISMS.find((name) => name === text.toUpperCase()),
    `give one of ${SASL_MECHANISMS.join(', ')}`,
  );
  const names = ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'];
  const missing = names.filter((name) => value(name) === undefined);
  if (missing.length === names.length) return undefined;
  for (const name of missing)
    report(`${name} is missing: ${names.filter((other) => other !== name).join(' and ')} need it`);
  const username = value('KAFKA_SASL_USERNAME');
  const password = value('KAFKA_SASL_PASSWORD');
  return mechanism && username && password ? { mechanism, username, password } : undefined;
}

function parseBrokers(text: string): string[] | undefined {
  const brokers = text.split(',').map((broker) => broker.trim());
  return brokers.every(isAddress) ? brokers : undefined;
}

function isAddress(broker: string): boolean {
  const port = /^(?:[^\s:/@]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})$/.exec(broker)?.[1];
  return port !== undefined && Number(port) > 0 && Number(port) <= 65_535;
}
