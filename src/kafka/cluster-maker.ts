import type { Kafka } from 'kafkajs';
import type { Cluster } from './partition-client';

/** The name, in kafkajs 2.2.4, of the function that creates a cluster. */
const CREATE_CLUSTER = 'private:Kafka:createCluster';

export type CreateCluster = (options: object) => Cluster;

/**
 * Finds the function by which a client makes the cluster object beneath its producers and consumers. That
 * producer hides the producer id and epoch, by which brokers tell a former bridge from the present one, and
 * that consumer reads in groups only.
 * @throws Error when kafkajs is of another release
 */
export function clusterMakerOf(kafka: Kafka): { symbol: symbol; create: CreateCluster } {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === CREATE_CLUSTER,
  );
  const create = symbol && (kafka as unknown as Record<symbol, CreateCluster>)[symbol];
  if (symbol === undefined || create === undefined)
    throw new Error('This release of kafkajs is not the one that Tidemark was made for');
  return { symbol, create };
}
