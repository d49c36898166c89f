import type { Random } from '../../src/ingest/simulator/random';

const PIECES = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '"',
  '"""',
  '\\u0000',
  '...',
  '@skip',
  '@include(if: $x)',
  '$',
  '#',
  '\n',
  '\r',
  '\0',
  ',',
  ':',
  '!',
  '|',
  '&',
  '=',
  '\ufeff',
  '🦆',
  'query',
  'mutation',
  'subscription',
  'fragment F on Order { id }',
  '...F',
  '__proto__',
  '__schema { types { name } }',
  '1e999',
  '-',
  '9'.repeat(40),
  'a: a: ',
  'null',
];

/** A text with some of it removed, doubled, swapped for a hostile piece, or cut short. */
export function mutateText(text: string, random: Random): string {
  let mutated = text;
  for (let changes = random.between(1, 3); changes > 0; changes--) {
    const at = random.between(0, mutated.length);
    const length = random.between(1, random.chance(0.2) ? 200 : 8);
    const before = mutated.slice(0, at);
    const piece = mutated.slice(at, at + length);
    const after = mutated.slice(at + length);
    const way = random.between(0, 4);
    if (way === 0) mutated = before + after;
    else if (way === 1) mutated = before + piece + piece + after;
    else if (way === 2) mutated = before + random.pick(PIECES) + piece + after;
    else if (way === 3) mutated = before + piece.repeat(random.between(2, 50)) + after;
    else mutated = random.chance(0.3) ? before : after + piece + before;
  }
  return mutated.slice(0, 400_000);
}

/** Bytes (one a character) with some of them changed. */
export function mutateBytes(bytes: string, random: Random): string {
  let mutated = bytes;
  for (let changes = random.between(1, 4); changes > 0; changes--) {
    const at = random.between(0, mutated.length);
    const byte = String.fromCharCode(random.between(0, 255));
    mutated = mutated.slice(0, at) + byte + mutated.slice(at + random.between(0, 2));
  }
  return mutated;
}
