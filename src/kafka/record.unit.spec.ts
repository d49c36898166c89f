import fc from 'fast-check';
import type { RecordedEvent } from '../event-store/event';
import {
  type ConsumedRecord,
  fromRecord,
  type KafkaRecord,
  recordPosition,
  sourceOf,
  toRecord,
  toTick,
} from './record';

const SOURCE = sourceOf('5e1c0000-0000-4000-8000-000000000000');

/** A record as a client returns it: all bytes. */
const consumed = ({ key, value, headers }: KafkaRecord): ConsumedRecord => ({
  key: key === null ? null : Buffer.from(key),
  value,
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
});

const text = fc.string({ unit: 'binary', minLength: 1 });
const millis = fc.integer({ min: -62_135_596_800_000, max: 8_640_000_000_000_000 });
const events = fc.record({
  id: fc.uuid(),
  type: text,
  stream: text,
  revision: fc.nat(),
  position: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map((n) => String(n).padStart(19, '0')),
  occurredAt: millis,
  recordedAt: millis,
  // Serialised once, like every event in a store.
  data: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown),
  metadata: fc.record(
    {
      schemaVersion: fc.integer({ min: 1, max: 32_767 }),
      correlationId: text,
      causationId: text,
      idempotencyKey: text,
      inputDigest: text,
      actor: text,
    },
    { requiredKeys: ['schemaVersion', 'correlationId', 'causationId'] },
  ),
});

test('any event comes back as it was', () => {
  fc.assert(
    fc.property(events, fc.nat(), (event, epoch) => {
      const record = toRecord(event as RecordedEvent, SOURCE, epoch);
      expect(fromRecord(consumed(record))).toEqual({ kind: 'event', event, source: SOURCE, epoch });
      expect(record.key).toBe(event.stream);
      expect(recordPosition(consumed(record).headers)).toBe(event.position);
    }),
  );
});

test('an event is one CloudEvents 1.0 object with its data inside', () => {
  const event = {
    id: '7d444840-9dc0-11d1-b245-5ffdce74fad2',
    type: 'OrderPaid',
    stream: 'order-"7"',
    revision: 1,
    position: '0000000000000000042',
    occurredAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    recordedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 7),
    data: { orderId: '7', customerId: null },
    metadata: { schemaVersion: 1, correlationId: 'c', causationId: 'd', actor: 'me' },
  } as RecordedEvent;
  const { key, value, headers } = toRecord(event, SOURCE, 3);
  expect(JSON.parse(value.toString())).toEqual({
    specversion: '1.0',
    id: '7d444840-9dc0-11d1-b245-5ffdce74fad2',
    type: 'OrderPaid',
    source: SOURCE,
    subject: 'order-"7"',
    time: '2026-01-02T03:04:05.006Z',
    datacontenttype: 'application/json',
    position: '0000000000000000042',
    revision: 1,
    recordedat: '2026-01-02T03:04:05.007Z',
    schemaversion: 1,
    correlationid: 'c',
    causationid: 'd',
    actor: 'me',
    data: { orderId: '7', customerId: null },
  });
  expect({ key, headers }).toEqual({
    key: 'order-"7"',
    headers: {
      'content-type': 'application/cloudevents+json; charset=UTF-8',
      type: 'OrderPaid',
      position: '0000000000000000042',
      epoch: '3',
    },
  });
});

test('a tick has no key and carries its position', () => {
  const record = toTick('0000000000000000042', 1_000, SOURCE, 3);
  expect(record.key).toBeNull();
  expect(record.headers).toMatchObject({ type: 'tick', position: '0000000000000000042', epoch: '3' });
  expect(fromRecord(consumed(record))).toEqual({
    kind: 'tick',
    position: '0000000000000000042',
    recordedAt: 1_000,
    source: SOURCE,
    epoch: 3,
  });
});

test('a record of another program is refused', () => {
  expect(() => fromRecord({ key: null, value: Buffer.from('{}'), headers: {} })).toThrow('not of Tidemark');
  expect(() => fromRecord({ key: null, value: null, headers: { position: '1' } })).toThrow('not of Tidemark');
});
