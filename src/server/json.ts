import { isUtf8 } from 'node:buffer';
import { ErrorCode } from '../graphql/errors';
import { Refusal } from './refusal';

const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;
/** Digits. A double holds every shorter whole number exactly. */
const LONG = 16;
/** A text without a match, as most are, needs no closer look. An escape may hide a letter of a key. */
const SUSPICIOUS = /\d{16}|__proto__|"constructor"|\\u/;

/**
 * The text of a body, without a byte order mark.
 * @throws Refusal BAD_REQUEST that says after what the bytes are wrong
 */
export function decodeUtf8(bytes: Buffer): string {
  const text = bytes.toString();
  if (isUtf8(bytes)) return text.startsWith('\uFEFF') ? text.slice(1) : text;
  const at = text.indexOf('\uFFFD');
  const before = JSON.stringify(text.slice(Math.max(0, at - 30), at));
  throw new Refusal(400, ErrorCode.BAD_REQUEST, `This is not UTF-8: what follows ${before} is not`);
}

/**
 * As JSON.parse, but refuses what a program would not notice. One is a key that changes the prototype of the
 * object that it is copied to. The other is a whole number that a double cannot hold: an id would silently
 * become another one.
 * @throws Refusal BAD_REQUEST for what is no JSON or has such a key, BAD_USER_INPUT for such a number
 */
export function parseJson(text: string): unknown {
  if (text === '') throw new Refusal(400, ErrorCode.BAD_REQUEST, 'There is no JSON: it is empty');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, ErrorCode.BAD_REQUEST, `This is not JSON: ${(error as Error).message}`);
  }
  const refusal = SUSPICIOUS.test(text) ? firstProblem(text) : undefined;
  if (refusal) throw refusal;
  return value;
}

/**
 * Looks at the text: the parsed value does not show how a number was written, and a walk over it takes far
 * longer.
 * @param json valid JSON
 */
function firstProblem(json: string): Refusal | undefined {
  let key = '';
  let string: [from: number, to: number] = [0, 0];
  for (let at = 0; at < json.length; ) {
    const from = at;
    const code = json.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(json, from);
      string = [from, at];
    } else if (code === COLON) {
      at += 1;
      key = json.slice(...string);
      if (reachesForPrototype(key, json, at))
        return new Refusal(400, ErrorCode.BAD_REQUEST, `The key ${key} is not allowed`);
    } else if (isOfNumber(code)) {
      while (isOfNumber(json.charCodeAt(at))) at += 1;
      if (at - from >= LONG && !isExact(json.slice(from, at))) return inexact(key, json.slice(from, at));
    } else at += 1;
  }
  return undefined;
}

function endOfString(json: string, start: number): number {
  let at = start + 1;
  for (let code = json.charCodeAt(at); code !== QUOTE; code = json.charCodeAt(at))
    at += code === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** @param key in quotes @param at where its value begins */
function reachesForPrototype(key: string, json: string, at: number): boolean {
  const name = key.includes('\\') ? (JSON.parse(key) as string) : key.slice(1, -1);
  return name === '__proto__' || (name === 'constructor' && /^\s*\{/.test(json.slice(at, at + 20)));
}

/** A digit, or one of `.eE+-`. The `e` of true and false is among them, but is no number of 16 characters. */
const isOfNumber = (code: number): boolean =>
  (code >= 48 && code <= 57) || code === 46 || code === 45 || code === 43 || code === 69 || code === 101;

function isExact(text: string): boolean {
  const value = Number(text);
  return !Number.isInteger(value) || Number.isSafeInteger(value) || String(value) === text;
}

function inexact(key: string, number: string): Refusal {
  const place = key === '' ? '' : `${key}: `;
  return new Refusal(
    400,
    ErrorCode.BAD_USER_INPUT,
    `${place}${number.slice(0, 100)} is larger than a JSON number holds exactly: write it as a string`,
  );
}
