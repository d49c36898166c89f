/** Requests of kafkajs 2.2.4 as they go over the wire, which its own types do not tell of. */
declare module 'kafkajs/src/protocol/requests' {
  /** What is sent, and how the answer is read. */
  export interface ProtocolRequest<Answer> {
    request: {
      apiKey: number;
      apiVersion: number;
      apiName: string;
      /** what follows the request's header; kafkajs reads `buf` and `buffer` of it */
      encode(): Promise<{ buf: Buffer; buffer: Buffer }>;
    };
    response: {
      decode(bytes: Buffer): Promise<unknown>;
      /** @throws KafkaJSProtocolError when a part was refused */
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
