/**
 * Orders two ids as their UTF-8 bytes (Postgres: COLLATE "C"): negative, zero or positive. Ids are
 * well-formed Unicode. JavaScript's own `<` compares UTF-16 units, which puts U+E000 to U+FFFF above the
 * characters beyond U+FFFF; everywhere else the two orders agree.
 */
export function compareIds(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return x < FIRST_SURROGATE || y < FIRST_SURROGATE ? x - y : rank(x) - rank(y);
  }
  return a.length - b.length;
}

const FIRST_SURROGATE = 0xd800;
const AFTER_SURROGATES = 0xe000;

/** Moves surrogates, which stand for the characters beyond U+FFFF, above all other units. */
function rank(unit: number): number {
  return unit >= AFTER_SURROGATES ? unit - 0x800 : unit + 0x2000;
}
