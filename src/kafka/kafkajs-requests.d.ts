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

  export const requests: { Produce: ProtocolDefinition<ProduceOptions, ProduceAnswer> };
}
