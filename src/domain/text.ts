/**
 * What ids and names may be, told once for commands, order files and the arguments of queries.
 *
 * An id is taken byte by byte, or refused. Read models group by names (of products, categories, countries,
 * regions, customers), so a name is brought into one normal form. Older events keep theirs.
 */

const MAX_ID = 200;
/** Characters that a name, a category or a place may have. */
export const MAX_NAME = 500;

/** Nearly every text: it needs no closer look. */
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/;
const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
/**
 * Soft hyphen, zero-width space, word joiner, byte order mark: no script needs them, unlike the zero-width
 * joiners.
 */
const SHOWS_NOTHING = /[\u00ad\u200b\u2060\ufeff]/gu;
const OUTER_BLANK = /^[\s\u00ad\u200b\u2060]|[\s\u00ad\u200b\u2060]$/u;

/**
 * The normal form of a name, and of a reason: composed (NFC), without white space around it and without
 * characters that show nothing.
 */
export function normalText(text: string): string {
  return PLAIN.test(text) ? text : text.replace(SHOWS_NOTHING, '').normalize('NFC').trim();
}

/** Why a name in its normal form is none; undefined when it is one. */
export function nameProblem(name: string, max = MAX_NAME): string | undefined {
  if (name === '') return MUST_NOT_BE_EMPTY;
  if (isLonger(name, max)) return `must not be longer than ${max} characters`;
  return !PLAIN.test(name) && CONTROL.test(name) ? 'must not have control characters' : undefined;
}

/** Why a text is no id; undefined when it is one. */
export function idProblem(id: string): string | undefined {
  if (id === '') return MUST_NOT_BE_EMPTY;
  if (isLonger(id, MAX_ID)) return `must not be longer than ${MAX_ID} characters`;
  if (PLAIN.test(id)) return undefined;
  if (CONTROL.test(id)) return 'must have printable characters only';
  return OUTER_BLANK.test(id) ? 'must not begin or end with a blank' : undefined;
}

export const MUST_NOT_BE_EMPTY = 'must not be empty';

/** Counts characters as a reader does, not UTF-16 units; the cheap test settles nearly all. */
export function isLonger(text: string, max: number): boolean {
  return text.length > max && (text.length > 2 * max || [...text].length > max);
}
