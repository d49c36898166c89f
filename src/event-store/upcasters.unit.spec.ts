import { UpcasterRegistry } from './upcasters';

const envelope = { type: 'Priced', stream: 'product-1', revision: 0, position: '7', occurredAt: 1_000 };

const registry = new UpcasterRegistry()
  .register('Priced', 1, (data) => ({ ...(data as object), currency: 'EUR' }))
  .register('Priced', 2, (data, { occurredAt }) => ({ ...(data as object), since: occurredAt }))
  .register('Renamed', 1, () => 'new');

it.each([
  [
    'the first version by all steps',
    1,
    { data: { price: 1, currency: 'EUR', since: 1_000 }, schemaVersion: 3 },
  ],
  ['a middle version by the steps from there', 2, { data: { price: 1, since: 1_000 }, schemaVersion: 3 }],
  ['the newest version not at all', 3, undefined],
])('lifts %s', (_, version, expected) => {
  expect(registry.upcast({ price: 1 }, version, envelope)).toEqual(expected);
});

it('leaves types without upcasters as they are', () => {
  const data = { price: 1 };
  expect(registry.upcast(data, 1, { ...envelope, type: 'Other' })).toBeUndefined();
});

it('does not change the data that it was given', () => {
  const data = Object.freeze({ price: 1 });
  expect(registry.upcast(data, 1, envelope)?.data).not.toBe(data);
});

it('names the event that a step fails on', () => {
  const failing = new UpcasterRegistry().register('Priced', 1, (data) => (data as string[]).at(0));
  expect(() => failing.upcast({}, 1, envelope)).toThrow(
    'Priced at 7 (event 0 of stream product-1) cannot be lifted from schema version 1: ' +
      'data.at is not a function',
  );
});

it('has one upcaster for each step', () => {
  expect(() => registry.register('Priced', 1, (data) => data)).toThrow(
    'Priced has an upcaster from version 1',
  );
});

it('knows whether it has any upcasters', () => {
  expect([registry.isEmpty, new UpcasterRegistry().isEmpty]).toEqual([false, true]);
});
