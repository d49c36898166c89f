import { createHash } from 'node:crypto';
import { parse } from 'graphql';
import { LIMITS } from '../graphql/limits';
import { DocumentCache } from './document-cache';

const { total, longest } = LIMITS.cachedCharacters;
/** A document of a length, which differs by its number. */
const text = (number: number, length: number) => `{ a${number} }`.padEnd(length, ' ');

it('keeps a document once for both transports', async () => {
  const cache = new DocumentCache();
  const apolloKey = `schema:${createHash('sha256').update('{ a }').digest('hex')}`;
  const document = parse('{ a }');
  cache.keep('{ a }', document);
  expect(cache.find('{ a }')).toBe(document);
  expect(await cache.get(apolloKey)).toBe(document);
  await cache.delete(apolloKey);
  expect(cache.find('{ a }')).toBeUndefined();
  await cache.set(apolloKey, document);
  expect(cache.find('{ a }')).toBe(document);
});

it('does not fill memory with the documents of a client that sends ever new ones', () => {
  const cache = new DocumentCache();
  const many = Math.ceil((3 * total) / longest);
  const texts = Array.from({ length: many }, (_, number) => text(number, longest));
  for (const one of texts) {
    cache.keep(one, parse(one));
    // In use all the time: it stays.
    cache.find(texts[0] as string);
  }
  const kept = texts.filter((one) => cache.find(one) !== undefined);
  expect(kept.length).toBe(total / longest);
  expect(kept[0]).toBe(texts[0]);
  expect(kept.at(-1)).toBe(texts.at(-1));
});

it('keeps none that is long, such as one of blanks only', () => {
  const cache = new DocumentCache();
  const long = text(1, longest + 1);
  cache.keep(long, parse(long));
  expect(cache.find(long)).toBeUndefined();
});
