import { isUtf8 } from 'node:buffer';
import { InputError } from '../input-error';

export const ENCODINGS = ['utf-8', 'latin1', 'windows-1252', 'utf-16le', 'utf-16be'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** How the characters of a file are written. */
export interface TextForm {
  encoding: Encoding;
  /** whether a byte order mark comes first */
  bom: boolean;
}

const BOM = '\uFEFF';
const MARKS: readonly [Encoding, Buffer][] = [
  ['utf-8', Buffer.from(BOM)],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
];
const NEWLINE = 0x0a;

/** The characters of windows-1252 from 0x80 to 0x9f. An undefined byte is the control character of latin1. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/**
 * Finds how a text is written. A byte order mark tells it, whatever was asked for; else it is as asked for,
 * or UTF-8.
 * @param start of the text, 64 bytes or all of it
 * @throws InputError where it is UTF-16 without a mark, and nothing was asked for
 */
export function findEncoding(start: Buffer, asked?: Encoding): TextForm {
  for (const [encoding, mark] of MARKS)
    if (start.subarray(0, mark.length).equals(mark)) return { encoding, bom: true };
  if (asked === undefined || asked === 'utf-8') refuseUtf16(start);
  return { encoding: asked ?? 'utf-8', bom: false };
}

function refuseUtf16(start: Buffer): void {
  const zero = start.subarray(0, 64).indexOf(0);
  if (zero < 0) return;
  const encoding = zero % 2 === 1 ? 'utf-16le' : 'utf-16be';
  throw new InputError(
    `The text is not UTF-8: byte ${zero + 1} is 0, as in UTF-16. ` +
      `Say --encoding ${encoding}, or save it as UTF-8`,
  );
}

/**
 * Decodes a text, without its byte order mark. Chunks may end anywhere, and those that come out do not cut a
 * character.
 * @throws InputError (while iterating) where the bytes are not in the encoding, with the offset and the line
 */
export async function* decodeText(chunks: AsyncIterable<Buffer>, form: TextForm): AsyncGenerator<string> {
  const decoded = form.encoding === 'utf-8' ? decodeUtf8(chunks) : decodeOther(chunks, form.encoding);
  let skip = form.bom ? BOM.length : 0;
  for await (const text of decoded) {
    if (text.length === 0) continue;
    yield skip === 0 ? text : text.slice(skip);
    skip = 0;
  }
}

/** Encodes a text in the way of a file. What the encoding lacks becomes a question mark. */
export function encodeText(text: string, encoding: Encoding): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text);
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  return Buffer.from(Array.from(text, (character) => singleByte(character, encoding)));
}

/** The byte order mark of an encoding that has one. */
export function byteOrderMark(encoding: Encoding): Buffer {
  return MARKS.find(([name]) => name === encoding)?.[1] ?? Buffer.alloc(0);
}

function singleByte(character: string, encoding: 'latin1' | 'windows-1252'): number {
  const special = encoding === 'windows-1252' ? WINDOWS_1252.indexOf(character) : -1;
  if (special >= 0) return 0x80 + special;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? code : 0x3f;
}

async function* decodeOther(
  chunks: AsyncIterable<Buffer>,
  encoding: Exclude<Encoding, 'utf-8'>,
): AsyncGenerator<string> {
  const decode = encoding.startsWith('utf-16') ? utf16Decoder(encoding) : singleByteDecoder(encoding);
  for await (const chunk of chunks) yield decode(chunk);
  yield decode();
}

/** Decodes a chunk. The last call, without one, ends the text. */
type Decode = (chunk?: Buffer) => string;

function singleByteDecoder(encoding: Encoding): Decode {
  return (chunk) => {
    const text = chunk?.toString('latin1') ?? '';
    if (encoding === 'latin1') return text;
    return text.replace(/[\x80-\x9f]/g, (c) => WINDOWS_1252.charAt(c.charCodeAt(0) - 0x80));
  };
}

function utf16Decoder(encoding: Encoding): Decode {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return (chunk) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new InputError(
        `The text is not ${encoding.toUpperCase()}: half a character stands alone, or the last one is cut`,
      );
    }
  };
}

async function* decodeUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let carried: Buffer = Buffer.alloc(0);
  let offset = 0;
  let line = 1;
  for await (const chunk of chunks) {
    const bytes = carried.length === 0 ? chunk : Buffer.concat([carried, chunk]);
    const whole = bytes.subarray(0, bytes.length - incompleteTail(bytes));
    if (!isUtf8(whole)) throw notUtf8(whole, offset, line);
    yield whole.toString();
    offset += whole.length;
    line += countLines(whole, whole.length);
    carried = bytes.subarray(whole.length);
  }
  if (carried.length > 0) throw notUtf8(carried, offset, line);
}

/** Says which encoding it is likely to be, with the word that does not fit as it would read then. */
function notUtf8(bytes: Buffer, offset: number, line: number): InputError {
  const at = firstInvalid(bytes);
  const byte = bytes[at]?.toString(16).padStart(2, '0');
  const where = `byte 0x${byte} at offset ${offset + at}, line ${line + countLines(bytes, at)}`;
  const around = singleByteDecoder('windows-1252')(bytes.subarray(Math.max(0, at - 24), at + 24));
  const word = /[^\s,;\t|"]*$/.exec(around.slice(0, Math.min(at, 24)))?.[0] ?? '';
  const rest = /^[^\s,;\t|"]*/.exec(around.slice(Math.min(at, 24)))?.[0] ?? '';
  return new InputError(
    `The text is not UTF-8: ${where}. It reads ${JSON.stringify(word + rest)} with --encoding ` +
      'windows-1252, which most spreadsheets mean; else say --encoding latin1, or save it as UTF-8',
  );
}

/** How many bytes at the end of a chunk begin a character that the next chunk completes. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    return sequenceLength(byte) > back ? back : 0;
  }
  return 0;
}

function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

/** Index of the first byte of the first sequence that is not UTF-8. */
function firstInvalid(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes[at] ?? 0);
    if (at + length > bytes.length || !isUtf8(bytes.subarray(at, at + length))) return at;
    at += length;
  }
  return at;
}

function countLines(bytes: Buffer, end: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1 && at < end; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}
