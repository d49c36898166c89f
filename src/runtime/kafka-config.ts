import { readFileSync } from 'node:fs';
import { type KafkaOptions, SASL_MECHANISMS, type TopicOptions } from '../kafka/kafka-options';

export interface KafkaConfig extends KafkaOptions {
  topics: TopicOptions;
}

/** How the variables of the environment are read; see loadConfig. */
export interface ConfigReader {
  /** undefined where the variable is absent */
  value(name: string): string | undefined;
  /** undefined where the variable is absent, or bad, which is then reported */
  check<T>(name: string, parse: (text: string) => T | undefined, allowed: string): T | undefined;
  report(problem: string): void;
}

/** Names of topics may have at most 249 characters; the longest of ours has 16. */
const PREFIX_LENGTH = 200;
const MOST_PARTITIONS = 10_000;

/** Reads KAFKA_*. Without KAFKA_BROKERS there is no Kafka, and the other variables are only checked. */
export function loadKafkaConfig(reader: ConfigReader): KafkaConfig | undefined {
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
  const ssl = loadSsl(reader);
  const sasl = loadSasl(reader);
  if (brokers === undefined) return undefined;
  return { brokers, topicPrefix, ssl, sasl, clientId: 'tidemark', topics: { partitions, replicationFactor } };
}

function loadSsl({ value, check, report }: ConfigReader): KafkaOptions['ssl'] {
  const on = check('KAFKA_SSL', parseBoolean, 'give true or false') ?? false;
  const path = value('KAFKA_SSL_CA_PATH');
  if (path === undefined) return on;
  if (!on) {
    report('KAFKA_SSL_CA_PATH is given, but KAFKA_SSL is not true');
    return false;
  }
  try {
    return { ca: readFileSync(path, 'utf8') };
  } catch (error) {
    report(`KAFKA_SSL_CA_PATH=${path} cannot be read: ${(error as Error).message}`);
    return true;
  }
}

function loadSasl({ value, check, report }: ConfigReader): KafkaOptions['sasl'] {
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

/** @returns a parser of whole numbers from 1 to `most`, of six digits */
export const parseCount =
  (most: number) =>
  (text: string): number | undefined =>
    /^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= most ? Number(text) : undefined;

function parseBoolean(text: string): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined;
}
