/** Wire requests of kafkajs 2.2.4, which its own types leave out. */
declare module 'kafkajs/src/protocol/requests' {
  /** A request, and how to read its answer. */
  export interface ProtocolRequest<Answer> {
    request: {
      apiKey: number;
      apiVersion: number;
      apiName: string;
      /** Encodes what follows the request's header. kafkajs reads both `buf` and `buffer`. */
      encode(): Promise<{ buf: Buffer; buffer: Buffer }>;
    };
    response: {
      decode(bytes: Buffer): Promise<unknown>;
      /** @throws KafkaJSProtocolError when the broker refused a part */
      parse(decoded: unknown): Promise<Answer>;
    };
  }

  /** All versions of a request. */
  export interface ProtocolDefinition<Options, Answer> {
    versions: string[];
    protocol(wanted: { version: number }): (options: Options) => ProtocolRequest<Answer>;
  }

  export interface ProduceOptions {
    acks: number;
    /** milliseconds */
    timeout: number;
    /** decimal */
    producerId: string;
    producerEpoch: number;
    topicData: { topic: string; partitions: object[] }[];
  }

  export interface ProduceAnswer {
    topics: { topicName: string; partitions: { partition: number; baseOffset: string }[] }[];
  }

  /** A record as a Fetch returns it. */
  export interface FetchedRecord {
    /** decimal */
    offset: string;
    key: Buffer | null;
    value: Buffer | null;
    headers: Record<string, unknown>;
    /** a control record of Kafka's own */
    isControlRecord: boolean;
    /** who wrote it; the id is -1 when the producer was not idempotent */
    batchContext: { producerId: string; producerEpoch: number };
  }

  export interface FetchedPartition {
    partition: number;
    errorCode: number;
    /** decimal, as all offsets */
    highWatermark: string;
    lastStableOffset: string;
    lastStartOffset: string;
    abortedTransactions: { producerId: string; firstOffset: string }[];
    preferredReadReplica: number;
    messages: FetchedRecord[];
  }

  export interface FetchAnswer {
    throttleTime: number;
    /** milliseconds */
    clientSideThrottleTime: number;
    errorCode: number;
    sessionId: number;
    responses: { topicName: string; partitions: FetchedPartition[] }[];
  }

  export interface FetchOptions {
    isolationLevel: number;
    /** milliseconds */
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    rackId: string;
    topics: { topic: string; partitions: object[] }[];
  }

  export const requests: {
    Produce: ProtocolDefinition<ProduceOptions, ProduceAnswer>;
    Fetch: ProtocolDefinition<FetchOptions, FetchAnswer>;
  };
}
