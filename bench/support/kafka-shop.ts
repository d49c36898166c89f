import type { KafkaOptions } from '../../src/kafka/kafka-options';

export const ROUNDS = 3;
export const PARTITIONS = 4;

/** The topics of a round, which are nobody else's. */
export const prefixOf = (round: number): string => `round${round}.`;

export const kafkaOptions = (address: string, topicPrefix: string): KafkaOptions => ({
  brokers: [address],
  topicPrefix,
  ssl: false,
  clientId: 'tidemark bench',
});
