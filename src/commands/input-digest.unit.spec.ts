import fc from 'fast-check';
import { canonicalJson, eventId, inputDigest } from './input-digest';

describe('canonicalJson', () => {
  it('does not depend on the order of keys, and leaves out what is undefined', () => {
    expect(canonicalJson({ b: 1, a: [{ d: null, c: 'x' }], e: undefined })).toBe(
      '{"a":[{"c":"x","d":null}],"b":1}',
    );
  });

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // A command's fields have names of our own, and this is none of them.
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('inputDigest', () => {
  it('tells commands and contents apart', () => {
    const digests = [
      inputDigest('PayOrder', { orderId: 'O1' }),
      inputDigest('ShipOrder', { orderId: 'O1' }),
      inputDigest('PayOrder', { orderId: 'O2' }),
    ];
    expect(new Set(digests).size).toBe(3);
    expect(digests[0]).toBe(inputDigest('PayOrder', { orderId: 'O1', occurredAt: undefined }));
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('eventId', () => {
  it('is a UUID that follows from all its parts', () => {
    const id = eventId('order-1', 'key', 'digest', 0);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(eventId('order-1', 'key', 'digest', 0)).toBe(id);
    const others = [
      eventId('order-2', 'key', 'digest', 0),
      eventId('order-1', 'yek', 'digest', 0),
      eventId('order-1', 'key', 'other', 0),
      eventId('order-1', 'key', 'digest', 1),
    ];
    expect(new Set([id, ...others]).size).toBe(5);
  });
});
