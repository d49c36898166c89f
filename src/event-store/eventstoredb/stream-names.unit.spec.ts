import { passes, StreamNames } from './stream-names';

it('gives streams the names of the server and takes them back', () => {
  const names = new StreamNames('shop-');
  expect(names.onServer('order-1')).toBe('shop-order-1');
  expect(names.inStore('shop-order-1')).toBe('order-1');
  expect(names.inStore('other-order-1')).toBeNull();
  expect(names.inStore(names.marker)).toBeNull();
  expect(names.marker.startsWith('shop-')).toBe(true);
});

it.each([
  [
    'the prefixes asked for, behind the one of the store',
    'shop-',
    ['a-', 'b-'],
    { prefixes: ['shop-a-', 'shop-b-'] },
  ],
  ['the prefix of the store', 'shop-', undefined, { prefixes: ['shop-'] }],
  ['all but system events where there is no prefix', '', undefined, { regex: '^[^$].*' }],
  ['all but system events for an empty prefix', '', [''], { regex: '^[^$].*' }],
  ['all but system events for no prefixes', 'shop-', [], { regex: '^[^$].*' }],
  [
    'all but system events for a prefix that the server might read otherwise',
    '',
    ['Köln-'],
    { regex: '^[^$].*' },
  ],
])('lets the server send %s', (_, prefix, streamPrefixes, expected) => {
  const filter = streamPrefixes && { streamPrefixes };
  expect(new StreamNames(prefix).serverFilter(filter)).toMatchObject(expected);
});

it('looks at the beginning of a stream as text', () => {
  expect(passes(undefined, 'a')).toBe(true);
  expect(passes({ streamPrefixes: ['b-', 'a-'] }, 'a-1')).toBe(true);
  expect(passes({ streamPrefixes: ['a.'] }, 'a-1')).toBe(false);
  expect(passes({ streamPrefixes: [] }, 'a-1')).toBe(false);
});
