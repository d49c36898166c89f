import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { murmur2, partitionOf } from './partition-of';

// The vectors of org.apache.kafka.common.utils.UtilsTest.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('murmur2 of %s is that of Java', (key, hash) => {
  expect(murmur2(Buffer.from(key))).toBe(hash);
});

test('any key has the partition that kafkajs and Java give it', () => {
  const partitioner = Partitioners.DefaultPartitioner();
  const metadata = (partitions: number) =>
    Array.from({ length: partitions }, (_, partitionId) => ({
      partitionId,
      leader: 1,
      partitionErrorCode: 0,
      replicas: [1],
      isr: [1],
    }));
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.integer({ min: 1, max: 64 }),
      (key, partitions) => {
        const message = { key, value: null };
        const expected = partitioner({ topic: 't', partitionMetadata: metadata(partitions), message });
        expect(partitionOf(key, partitions)).toBe(expected);
      },
    ),
  );
});
