import type { Kafka } from 'kafkajs';
import type { ProtocolDefinition, ProtocolRequest } from 'kafkajs/src/protocol/requests';
import { type CreateCluster, clusterMakerOf } from './cluster-maker';
import { decodeFetch, FETCH_VERSION } from './fetch-answer';
import type { Broker } from './partition-client';

const FETCH = 1;

/**
 * Makes the consumers of a client decode what they fetch by `decodeFetch`. kafkajs makes some twenty objects
 * for each record and its headers, which takes longer than to fold the event.
 */
export function decodeFetches(kafka: Kafka): Kafka {
  const { symbol, create } = clusterMakerOf(kafka);
  const createOwn: CreateCluster = (options) => {
    const cluster = create(options);
    const findBroker = cluster.findBroker.bind(cluster);
    cluster.findBroker = async (node) => ofBroker(await findBroker(node));
    return cluster;
  };
  (kafka as unknown as Record<symbol, CreateCluster>)[symbol] = createOwn;
  return kafka;
}

/** A broker gets another `lookupRequest` whenever it connects. */
const changed = new WeakSet<Broker['lookupRequest']>();

function ofBroker(broker: Broker): Broker {
  const lookup = broker.lookupRequest;
  if (changed.has(lookup)) return broker;
  broker.lookupRequest = <Options, Answer>(
    apiKey: number,
    definition: ProtocolDefinition<Options, Answer>,
  ) => {
    const make = lookup(apiKey, definition);
    return apiKey === FETCH ? (options: Options) => decodedHere(make(options)) : make;
  };
  changed.add(broker.lookupRequest);
  return broker;
}

function decodedHere<Answer>(made: ProtocolRequest<Answer>): ProtocolRequest<Answer> {
  const { request, response } = made;
  if (request.apiVersion !== FETCH_VERSION) return made;
  const decode = async (bytes: Buffer) => decodeFetch(bytes) ?? (await response.decode(bytes));
  return { ...made, response: { ...response, decode } };
}
