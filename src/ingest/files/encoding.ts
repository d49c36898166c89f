import { isUtf8 } from 'node:buffer';
import { InputError } from '../input-error';

export const ENCODINGS = ['utf-8', 'latin1', 'windows-1252', 'utf-16le'] as const;
export type Encoding = (typeof ENCODINGS)[number];

const BOM = '\uFEFF';
const UTF8_BOM = Buffer.from(BOM);
const NEWLINE = 0x0a;

/** The characters of windows-1252 from 0x80 to 0x9f. An undefined byte is the control character of latin1. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/**
 * Decodes a text to UTF-8, without its byte order mark.
 * @throws InputError (while iterating) where the bytes are not in the encoding, with the offset and the line
 */
export async function* toUtf8(
  chunks: AsyncIterable<Buffer>,
  encoding: Encoding = 'utf-8',
): AsyncGenerator<Buffer> {
  if (encoding === 'utf-8') yield* checkUtf8(chunks);
  else yield* recode(chunks, encoding);
}

async function* recode(
  chunks: AsyncIterable<Buffer>,
  encoding: Exclude<Encoding, 'utf-8'>,
): AsyncGenerator<Buffer> {
  const decode = encoding === 'utf-16le' ? utf16Decoder() : singleByteDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decode(chunk));
  yield Buffer.from(decode());
}

/** Decodes a chunk. The last call, without one, ends the text. */
type Decode = (chunk?: Buffer) => string;

function singleByteDecoder(encoding: 'latin1' | 'windows-1252'): Decode {
  return (chunk) => {
    const text = chunk?.toString('latin1') ?? '';
    if (encoding === 'latin1') return text;
    return text.replace(/[\x80-\x9f]/g, (c) => WINDOWS_1252.charAt(c.charCodeAt(0) - 0x80));
  };
}

function utf16Decoder(): Decode {
  const decoder = new TextDecoder('utf-16le', { fatal: true });
  return (chunk) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new InputError('The text is not UTF-16LE: half a character stands alone, or the last one is cut');
    }
  };
}

async function* checkUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let carried: Buffer = Buffer.alloc(0);
  let offset = 0;
  let line = 1;
  for await (const chunk of chunks) {
    const bytes = carried.length === 0 ? chunk : Buffer.concat([carried, chunk]);
    if (offset === 0 && bytes.length < UTF8_BOM.length) {
      carried = bytes;
      continue;
    }
    if (offset === 0) refuseUtf16(bytes);
    const whole = bytes.subarray(0, bytes.length - incompleteTail(bytes));
    if (!isUtf8(whole)) throw notUtf8(whole, offset, line);
    yield offset === 0 && whole.subarray(0, UTF8_BOM.length).equals(UTF8_BOM)
      ? whole.subarray(UTF8_BOM.length)
      : whole;
    offset += whole.length;
    line += countLines(whole, whole.length);
    carried = bytes.subarray(whole.length);
  }
  if (carried.length > 0) {
    if (!isUtf8(carried)) throw notUtf8(carried, offset, line);
    yield carried;
  }
}

function refuseUtf16(start: Buffer): void {
  const marked = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
  if (marked || start.subarray(0, 64).includes(0))
    throw new InputError(
      'The text is not UTF-8 but looks like UTF-16: try --encoding utf-16le (or save it as UTF-8)',
    );
}

function notUtf8(bytes: Buffer, offset: number, line: number): InputError {
  const at = firstInvalid(bytes);
  const byte = bytes[at]?.toString(16).padStart(2, '0');
  return new InputError(
    `The text is not UTF-8: byte 0x${byte} at offset ${offset + at}, line ${line + countLines(bytes, at)}. ` +
      'Name its encoding with --encoding latin1, windows-1252 or utf-16le',
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
