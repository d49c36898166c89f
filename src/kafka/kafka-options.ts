export const SASL_MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

/** The address of Kafka and the credentials. */
export interface KafkaOptions {
  /** host:port of the brokers to connect to first */
  brokers: readonly string[];
  /** begins the name of every topic */
  topicPrefix: string;
  /** true: TLS, with the system's certificate authorities; `ca` (PEM): TLS, with that authority */
  ssl: boolean | { ca: string };
  sasl?: { mechanism: SaslMechanism; username: string; password: string };
  /** names the client in the brokers' logs and quotas */
  clientId: string;
}

/** How missing topics are created. */
export interface TopicOptions {
  /** partitions of a new topic */
  partitions: number;
  /** absent: the brokers' default */
  replicationFactor?: number;
}
