import fc from 'fast-check';
import type { RecordedEvent } from '../event-store/event';
import { toRecord, toTick } from '../kafka/record';
import { decodeBatch, ForeignRecordError, inLogOrder, type PartitionBatch } from './partition-batch';

const at = (position: number) => String(position).padStart(19, '0');
const event = (position: number): RecordedEvent =>
  ({
    id: '7d444840-9dc0-11d1-b245-5ffdce74fad2',
    type: 'OrderPaid',
    stream: `order-${position}`,
    revision: 1,
    position: at(position),
    occurredAt: 0,
    recordedAt: position,
    data: {},
    metadata: { schemaVersion: 1, correlationId: 'c', causationId: 'd' },
  }) as unknown as RecordedEvent;
const partition = { topic: 'orders', partition: 0 } as const;
const ofEvent = (position: number) => toRecord(event(position), 'urn:here', 1);

describe('the records of a partition', () => {
  it('are events up to the last position, each once, and a tick says that there are no others', () => {
    const records = [ofEvent(3), ofEvent(5), ofEvent(3), toTick(at(9), 90, 'urn:here', 1), ofEvent(8)];
    const { events, ...end } = decodeBatch(records, partition, 'orders', 'urn:here');
    expect(events.map(({ position }) => position)).toEqual([at(3), at(5)]);
    expect(end).toEqual({ ...partition, through: at(9), throughRecordedAt: 90 });
  });

  it('of another event store are refused', () => {
    const decode = () => decodeBatch([ofEvent(3)], partition, 'shop.orders', 'urn:there');
    expect(decode).toThrow(ForeignRecordError);
    expect(decode).toThrow('Topic shop.orders has records of urn:here');
  });
});

test('the events of any partitions come in the order of the log', () => {
  const positions = fc.uniqueArray(fc.nat({ max: 200 }), { maxLength: 60 });
  fc.assert(
    fc.property(positions, fc.integer({ min: 1, max: 7 }), (all, partitions) => {
      const sorted = [...all].sort((a, b) => a - b);
      const batches = Array.from({ length: partitions }, (_, n): PartitionBatch => {
        const events = sorted.filter((position) => position % partitions === n).map(event);
        return { topic: 'orders', partition: n, events, through: at(999), throughRecordedAt: 0 };
      });
      expect(inLogOrder(batches).map(({ position }) => position)).toEqual(sorted.map(at));
    }),
  );
});
