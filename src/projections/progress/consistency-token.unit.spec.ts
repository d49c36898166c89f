import fc from 'fast-check';
import { partitionOf } from '../../kafka/partition-of';
import { topicOf } from '../../kafka/topics';
import { formatToken, parseToken } from './consistency-token';

const POSITION = '0000000000000000042';

it('a token has the topic and the partition of its stream, whatever the number of partitions', () => {
  const stream = fc
    .tuple(fc.constantFrom('order-', 'session-', 'customer-'), fc.string({ unit: 'binary' }))
    .map(([prefix, id]) => prefix + id);
  fc.assert(
    fc.property(stream, fc.integer({ min: 1, max: 64 }), (name, partitions) => {
      const { position, key } = parseToken(formatToken(POSITION, name)) ?? {};
      expect([position, key?.topic]).toEqual([POSITION, topicOf(name)]);
      expect((key?.hash ?? 0) % partitions).toBe(partitionOf(name, partitions));
    }),
  );
});

it('a position alone is a token', () => {
  expect(parseToken(POSITION)).toEqual({ position: POSITION });
});

it.each([
  `${POSITION}.`,
  `${POSITION}.orders`,
  `${POSITION}.orders.1f`,
  `${POSITION}.orders.8fffffff`,
  `${POSITION}.orders.0000001f.`,
  `${POSITION}.shipments.0000001f`,
])('%p is no token', (token) => {
  expect(parseToken(token)).toBeNull();
});
