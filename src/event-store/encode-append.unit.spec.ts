import { APPEND_LIMIT_BYTES, ENVELOPE_BYTES, encodeAppend } from './encode-append';
import { AppendTooLargeError, InvalidAppendError } from './errors';
import { newEvent } from './features/harness';

it('writes JSON and counts its bytes', () => {
  const event = { ...newEvent({ name: 'é🛒' }), occurredAt: 5 };
  const [encoded] = encodeAppend('a', 'any', [event]);
  const [data, metadata] = [JSON.stringify(event.data), JSON.stringify(event.metadata)];
  expect(encoded).toEqual({
    id: event.id,
    type: event.type,
    data,
    metadata,
    schemaVersion: 1,
    occurredAt: 5,
    dataBytes: Buffer.byteLength(data),
    metadataBytes: Buffer.byteLength(metadata),
    bytes: Buffer.byteLength(data) + Buffer.byteLength(metadata),
  });
});

it.each([
  ['of one byte a character', 'x'.repeat(1_024), 'x'.repeat(1_025)],
  ['of three bytes a character', '€'.repeat(341), '€'.repeat(342)],
  ['of four bytes a character', '🛒'.repeat(256), '🛒'.repeat(257)],
])('takes names %s up to 1,024 bytes', (_, longest, tooLong) => {
  expect(encodeAppend(longest, 'any', [newEvent({}, longest)])).toHaveLength(1);
  expect(() => encodeAppend(tooLong, 'any', [newEvent()])).toThrow(InvalidAppendError);
  expect(() => encodeAppend('a', 'any', [newEvent({}, tooLong)])).toThrow(InvalidAppendError);
});

it('counts all events of an append, their types and envelopes, against the limit', () => {
  const sized = (text: string) => [newEvent({ text: 'x'.repeat(500_000) }), newEvent({ text }, 'Größe')];
  const used = encodeAppend('a', 'any', sized('')).reduce(
    (sum, { bytes, type }) => sum + bytes + 2 * type.length + ENVELOPE_BYTES,
    0,
  );
  const room = APPEND_LIMIT_BYTES - used;
  expect(encodeAppend('a', 'any', sized('x'.repeat(room)))).toHaveLength(2);
  expect(() => encodeAppend('a', 'any', sized('x'.repeat(room + 1)))).toThrow(AppendTooLargeError);
});

describe('U+0000 and halves of surrogate pairs', () => {
  it.each(['a\u0000', '\u0000', '\\\u0000', '\ud800', 'x\udfff', '\ude00\ud83d'])('refuses %j', (text) => {
    expect(() => encodeAppend('a', 'any', [newEvent({ text })])).toThrow(InvalidAppendError);
    expect(() => encodeAppend('a', 'any', [newEvent({ [text]: 1 })])).toThrow(InvalidAppendError);
  });

  it.each(['\\u0000', '\\\\u0000', '\u0001', '🛒', '\\ud800', '\u001f', '\ufffd'])('takes %j', (text) => {
    expect(JSON.parse(encodeAppend('a', 'any', [newEvent({ text })])[0]?.data ?? '')).toEqual({ text });
  });
});

it('refuses metadata as it refuses data', () => {
  const event = newEvent();
  const withKey = { ...event, metadata: { ...event.metadata, idempotencyKey: 'a\u0000' } };
  expect(() => encodeAppend('a', 'any', [withKey])).toThrow(/metadata of a Tested/);
});

it.each([0, 1.5, 32_768, Number.NaN])('refuses schemaVersion %p', (schemaVersion) => {
  const event = newEvent();
  expect(() =>
    encodeAppend('a', 'any', [{ ...event, metadata: { ...event.metadata, schemaVersion } }]),
  ).toThrow(InvalidAppendError);
});

it.each([0.5, Number.POSITIVE_INFINITY, -1e15, 9e15])('refuses occurredAt %p', (occurredAt) => {
  expect(() => encodeAppend('a', 'any', [{ ...newEvent(), occurredAt }])).toThrow(InvalidAppendError);
});

it('refuses data that is circular or too deep', () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  let deep: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  expect(() => encodeAppend('a', 'any', [newEvent(circle)])).toThrow(InvalidAppendError);
  expect(() => encodeAppend('a', 'any', [newEvent(deep)])).toThrow(InvalidAppendError);
});
