import type { RecordedEvent } from './event';
import { dataJson, metadataJson, StoredEvent } from './stored-event';

const METADATA = { schemaVersion: 1, correlationId: 'c', causationId: 'c' };

const stored = (metadata: string | typeof METADATA | null, text?: string) =>
  new StoredEvent('id', 'Tested', 's', 0, '1', 0, 0, { a: 1 }, metadata, text) as unknown as RecordedEvent;

describe('the JSON of an event', () => {
  it('is the text that was stored, where that is at hand', () => {
    const event = stored('{"schemaVersion": 1}', '{ "a": 1 }');
    expect([dataJson(event), metadataJson(event)]).toEqual(['{ "a": 1 }', '{"schemaVersion": 1}']);
    expect([event.data, event.metadata]).toEqual([{ a: 1 }, { schemaVersion: 1 }]);
  });

  it('is written anew where there is no text, or the event comes from no store', () => {
    for (const event of [
      stored(METADATA),
      { data: { a: 1 }, metadata: METADATA } as unknown as RecordedEvent,
    ])
      expect([dataJson(event), metadataJson(event)]).toEqual(['{"a":1}', JSON.stringify(METADATA)]);
  });

  it('is refused for metadata that was not read', () => {
    expect(() => metadataJson(stored(null))).toThrow('was read without metadata');
  });
});
