import { parse, stringify } from 'lossless-json';

/**
 * Parses JSON without losing digits: a whole number beyond 2^53, such as a snapshot id, becomes a bigint.
 * @throws SyntaxError when the text is no JSON
 */
export function parseJson(text: string): unknown {
  return parse(text, undefined, toNumber);
}

/** Writes JSON; a bigint becomes a number with all its digits. */
export function formatJson(value: unknown): string {
  return stringify(value) as string;
}

function toNumber(digits: string): number | bigint {
  const number = Number(digits);
  return Number.isSafeInteger(number) || !/^-?\d+$/.test(digits) ? number : BigInt(digits);
}
