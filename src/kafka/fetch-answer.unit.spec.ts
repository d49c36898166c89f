import fc from 'fast-check';
import { requests } from 'kafkajs/src/protocol/requests';
import { ByteWriter } from './byte-writer';
import { decodeFetch, FETCH_VERSION } from './fetch-answer';
import type { KafkaRecord } from './record';
import { writeRecordBatch } from './record-batch';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ maxLength: 300 }));
const record: fc.Arbitrary<KafkaRecord> = fc.record({
  key: fc.option(text),
  value: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  headers: fc.record({ 'content-type': text, type: text, position: text, epoch: text }),
});
const batch = fc.record({
  baseOffset: fc.bigInt({ min: 0n, max: 2n ** 52n }),
  /** what the broker may set: a transaction, a control batch */
  attributes: fc.constantFrom(0, 0x10, 0x30),
  producerId: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String),
  producerEpoch: fc.integer({ min: 0, max: 32_767 }),
  records: fc.array(record, { minLength: 1, maxLength: 20 }),
});
/** Where a batch says its format. kafkajs fails on answers that end before it, which a broker may send. */
const MAGIC_END = 17;
type Batch = typeof batch extends fc.Arbitrary<infer T> ? T : never;
const partition = fc.record({
  partition: fc.nat(),
  errorCode: fc.constant(0),
  aborted: fc.array(fc.bigInt({ min: 0n, max: 2n ** 62n }), { maxLength: 2 }),
  batches: fc.array(batch, { maxLength: 3 }),
  /** how much of the last batch is missing */
  cutOff: fc.oneof(fc.constant(0), fc.nat(400)),
});
const topics = fc.array(fc.record({ topic: text, partitions: fc.array(partition, { maxLength: 3 }) }), {
  maxLength: 2,
});

function bytesOf({ baseOffset, attributes, records, ...origin }: Batch): Buffer {
  const out = new ByteWriter();
  writeRecordBatch(out, records, { ...origin, firstSequence: 0, timestamp: 1_700_000_000_000 });
  const bytes = Buffer.from(out.bytes);
  bytes.writeBigInt64BE(baseOffset, 0);
  bytes.writeInt16BE(attributes, 21);
  return bytes;
}

function answerOf(all: typeof topics extends fc.Arbitrary<infer T> ? T : never): Buffer {
  const out = new ByteWriter();
  const header = Buffer.alloc(10);
  const parts: Buffer[] = [];
  const flush = () => parts.push(Buffer.from(out.bytes.subarray(written)));
  let written = 0;
  const raw = (bytes: Buffer) => {
    flush();
    written = out.length;
    parts.push(bytes);
  };
  out.int32(all.length);
  for (const { topic, partitions } of all) {
    out.string(topic);
    out.int32(partitions.length);
    for (const { partition: number, errorCode, aborted, batches, cutOff } of partitions) {
      out.int32(number);
      out.int16(errorCode);
      for (const offset of [5n, 4n, 3n]) out.int64(offset);
      out.int32(aborted.length);
      for (const id of aborted) {
        out.int64(id);
        out.int64(1n);
      }
      out.int32(-1);
      const records = Buffer.concat(batches.map(bytesOf));
      const left = Math.max(records.length - cutOff, 0);
      const kept = records.subarray(0, left < MAGIC_END ? 0 : left);
      out.int32(kept.length);
      raw(kept);
    }
  }
  flush();
  return Buffer.concat([header, ...parts]);
}

const kafkajs = requests.Fetch.protocol({ version: FETCH_VERSION })({
  isolationLevel: 0,
  maxWaitTime: 1,
  minBytes: 1,
  maxBytes: 1,
  rackId: '',
  topics: [],
}).response;

it('decodes what kafkajs decodes, and in the same way', async () => {
  await fc.assert(
    fc.asyncProperty(topics, async (all) => {
      const bytes = answerOf(all);
      const found = decodeFetch(bytes);
      const expected = (await kafkajs.decode(bytes)) as NonNullable<typeof found>;
      const read = (answer: typeof expected) => ({
        ...answer,
        responses: answer.responses.map(({ topicName, partitions }) => ({
          topicName,
          partitions: partitions.map(({ messages, ...rest }) => ({
            ...rest,
            messages: messages.map(({ offset, key, value, headers, isControlRecord, batchContext }) => {
              const { producerId, producerEpoch } = batchContext;
              return { offset, key, value, headers, isControlRecord, producerId, producerEpoch };
            }),
          })),
        })),
      });
      expect(found && read(found)).toEqual(read(expected));
    }),
  );
});

it.each([
  ['compressed', (bytes: Buffer) => bytes.writeInt16BE(1, 21)],
  ['of an older format', (bytes: Buffer) => bytes.writeInt8(1, 16)],
])('leaves a batch that is %s to kafkajs', (_, change) => {
  const headers = { 'content-type': '', type: '', position: '1', epoch: '1' };
  const records = [{ key: null, value: Buffer.from('{}'), headers }];
  const [written] = fc.sample(batch, 1);
  const changed = bytesOf({ ...(written as Batch), records });
  change(changed);
  const whole = answerOf([
    { topic: 't', partitions: [{ partition: 0, errorCode: 0, aborted: [], batches: [], cutOff: 0 }] },
  ]);
  whole.writeInt32BE(changed.length, whole.length - 4);
  expect(decodeFetch(Buffer.concat([whole, changed]))).toBeNull();
});

it('passes the beginning of a batch that ends before its format', () => {
  const [written] = fc.sample(batch, 1);
  const whole = answerOf([
    { topic: 't', partitions: [{ partition: 0, errorCode: 0, aborted: [], batches: [], cutOff: 0 }] },
  ]);
  for (let length = 1; length < MAGIC_END; length++) {
    whole.writeInt32BE(length, whole.length - 4);
    const answer = Buffer.concat([whole, bytesOf(written as Batch).subarray(0, length)]);
    expect(decodeFetch(answer)?.responses[0]?.partitions[0]?.messages).toEqual([]);
  }
});
