import fc from 'fast-check';
import type { RecordedEvent } from '../event-store/event';
import { readValue } from './read-value';
import { NotOursError, sourceOf, toRecord, toTick } from './record';

const SOURCE = sourceOf('5e1c0000-0000-4000-8000-000000000000');

/** Texts that look like parts of the envelope among them. */
const text = fc.oneof(
  fc.stringMatching(/^[a-z0-9-]{1,20}$/),
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constantFrom(',"data":', ',', '"', '\\', ',\\"data":{', 'ä,"data":1', '","position":"9'),
);
const millis = fc.integer({ min: -62_135_596_800_000, max: 8_640_000_000_000_000 });
const events = fc.record({
  id: fc.uuid(),
  type: fc.oneof(fc.constantFrom('OrderPlaced', 'OrderPaid'), text),
  stream: text,
  revision: fc.nat(),
  position: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map((n) => String(n).padStart(19, '0')),
  occurredAt: millis,
  recordedAt: millis,
  data: fc.oneof(fc.jsonValue(), text).map((value) => JSON.parse(JSON.stringify(value)) as unknown),
  metadata: fc.record(
    { schemaVersion: fc.nat(), correlationId: text, causationId: text, idempotencyKey: text, actor: text },
    { requiredKeys: ['schemaVersion', 'correlationId', 'causationId'] },
  ),
});

test('any event is read as it was written, but for its id and metadata', () => {
  fc.assert(
    fc.property(events, (event) => {
      const { value } = toRecord(event as RecordedEvent, SOURCE, 1);
      const { event: read, ...rest } = readValue(value);
      const { position, recordedAt } = event;
      expect(rest).toEqual({ position, recordedAt, source: SOURCE });
      const { id: _, metadata, ...shown } = event;
      expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(shown)));
      expect(() => read?.metadata).toThrow('was read without metadata');
    }),
    { numRuns: 1_000 },
  );
});

test('a tick is no event', () => {
  const { value } = toTick('0000000000000000042', 1_000, SOURCE, 3);
  expect(readValue(value)).toEqual({
    event: null,
    position: '0000000000000000042',
    recordedAt: 1_000,
    source: SOURCE,
  });
});

const whole = toRecord(
  {
    id: '7d444840-9dc0-11d1-b245-5ffdce74fad2',
    type: 'OrderPaid',
    stream: 'order-7',
    revision: 1,
    position: '0000000000000000042',
    occurredAt: 0,
    recordedAt: 0,
    data: { orderId: '7' },
    metadata: { schemaVersion: 1, correlationId: 'c', causationId: 'd' },
  } as RecordedEvent,
  SOURCE,
  1,
).value;

test('data need not be the last attribute', () => {
  const value = Buffer.from(whole.toString().replace(/}$/, ',"added":{"by":"another"}}'));
  expect(readValue(value).event?.data).toEqual({ orderId: '7' });
});

test.each([
  ['nothing', null],
  ['no JSON', Buffer.from('order 7')],
  ['another object', Buffer.from('{"id":"7"}')],
  ['null', Buffer.from('null')],
  ['a value that is cut off', whole.subarray(0, -3)],
  ['a value with something behind it', Buffer.concat([whole, Buffer.from(' {}')])],
  ['two values of data', Buffer.from(whole.toString().replace('"data":', '"data":1,'))],
  ['a second event behind it', Buffer.concat([whole, Buffer.from(','), whole])],
])('%s is refused', (_, value) => {
  expect(() => readValue(value)).toThrow(NotOursError);
});
