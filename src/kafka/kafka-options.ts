export const SASL_MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

/** Where Kafka is and how to get in. */
export interface KafkaOptions {
  /** host:port of the brokers to ask first */
  brokers: readonly string[];
  /** begins the name of every topic */
  topicPrefix: string;
  /** true: TLS, the broker's certificate checked against the system's authorities, or against `ca` (PEM) */
  ssl: boolean | { ca: string };
  sasl?: { mechanism: SaslMechanism; username: string; password: string };
  /** as shown in the brokers' logs and quotas */
  clientId: string;
}

/** How topics are made where they are missing. */
export interface TopicOptions {
  /** partitions of a new topic */
  partitions: number;
  /** absent: the brokers' default */
  replicationFactor?: number;
}
