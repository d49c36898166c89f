import type { RecordedEvent } from './event';
import { dataJson, metadataJson, StoredEvent } from './stored-event';

const METADATA = { schemaVersion: 1, correlationId: 'c', causationId: 'c' };

const EVENT = {
  type: 'Tested',
  stream: 's',
  revision: 0,
  position: '1',
  occurredAt: 0,
  recordedAt: 0,
  data: { a: 1 },
};

const stored = (metadata: string | typeof METADATA | null, dataText: string | null = null) =>
  new StoredEvent({ ...EVENT, id: 'id', metadata, dataJson: dataText }) as unknown as RecordedEvent;

describe('the JSON of an event', () => {
  it('is the stored text, if that is at hand', () => {
    const event = stored('{"schemaVersion": 1}', '{ "a": 1 }');
    expect([dataJson(event), metadataJson(event)]).toEqual(['{ "a": 1 }', '{"schemaVersion": 1}']);
    expect([event.data, event.metadata]).toEqual([{ a: 1 }, { schemaVersion: 1 }]);
  });

  it('is serialised if there is no text, or the event comes from no store', () => {
    for (const event of [
      stored(METADATA),
      { data: { a: 1 }, metadata: METADATA } as unknown as RecordedEvent,
    ])
      expect([dataJson(event), metadataJson(event)]).toEqual(['{"a":1}', JSON.stringify(METADATA)]);
  });

  it('is refused if metadata was not read', () => {
    expect(() => metadataJson(stored(null))).toThrow('was read without metadata');
    expect(() => stored(null).metadata).toThrow('was read without metadata');
  });
});

describe('an event as JSON', () => {
  it('has its metadata, parsed, when that was read', () => {
    for (const metadata of [METADATA, JSON.stringify(METADATA)])
      expect(JSON.parse(JSON.stringify(stored(metadata)))).toEqual({
        ...EVENT,
        id: 'id',
        metadata: METADATA,
      });
  });

  it('has neither id nor metadata when metadata was not read', () => {
    expect(JSON.parse(JSON.stringify(stored(null)))).toEqual(EVENT);
  });
});
