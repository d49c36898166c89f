import fc from 'fast-check';
import { requests } from 'kafkajs/src/protocol/requests';
import { encodeProduce, type Produce } from './produce-request';
import type { KafkaRecord } from './record';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ maxLength: 300 }));
const record: fc.Arbitrary<KafkaRecord> = fc.record({
  key: fc.option(text),
  value: fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    // Around the sizes at which the length takes one more byte.
    fc.constantFrom(7_900, 8_000, 8_100, 8_192).map((bytes) => Buffer.alloc(bytes, 'x')),
  ),
  headers: fc.record({ 'content-type': text, type: text, position: text, epoch: text }),
});
const produce: fc.Arbitrary<Produce> = fc.record({
  acks: fc.constant(-1),
  timeout: fc.nat(),
  producerId: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String),
  producerEpoch: fc.integer({ min: 0, max: 32_767 }),
  topicData: fc.array(
    fc.record({
      topic: text,
      partitions: fc.array(
        fc.record({
          partition: fc.nat(),
          firstSequence: fc.nat(),
          messages: fc.array(record, { minLength: 1, maxLength: 70 }),
        }),
        { maxLength: 3 },
      ),
    }),
    { maxLength: 3 },
  ),
});

async function expectSame(options: Produce, timestamp: number, version: number): Promise<void> {
  const now = jest.spyOn(Date, 'now').mockReturnValue(timestamp);
  try {
    const { request } = requests.Produce.protocol({ version })(options);
    const { buffer } = await request.encode();
    expect(encodeProduce(options, timestamp).equals(buffer)).toBe(true);
  } finally {
    now.mockRestore();
  }
}

it.each([3, 7])('a request of version %i is byte for byte what kafkajs makes of it', async (version) => {
  await fc.assert(
    fc.asyncProperty(produce, fc.nat(), (options, timestamp) => expectSame(options, timestamp, version)),
  );
});

it.each([1_048_400, 1_048_500, 1_048_576])('so it is with a value of %i bytes', async (bytes) => {
  const headers = { 'content-type': '', type: 'OrderPaid', position: '1', epoch: '1' };
  const messages = [{ key: 'order-7', value: Buffer.alloc(bytes, 'x'), headers }];
  const topicData = [{ topic: 'orders', partitions: [{ partition: 0, firstSequence: 0, messages }] }];
  const options = { acks: -1, timeout: 1, producerId: '1', producerEpoch: 0, topicData };
  await expectSame(options, Date.UTC(2026, 0, 1), 7);
});
