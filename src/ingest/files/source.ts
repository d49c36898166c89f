import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { createGunzip } from 'node:zlib';
import { XzReadableStream } from 'xz-decompress';
import { InputError } from '../input-error';

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
const XZ_MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);

/**
 * Reads the bytes of a file, or of standard input for `-`, and decompresses gzip and xz. The first bytes tell
 * which it is, so pipes and any file names work. Takes the memory of a few chunks.
 * @throws InputError (while iterating) when the file cannot be read or is not a whole archive
 */
export async function* readSource(file: string, stdin: Readable = process.stdin): AsyncGenerator<Buffer> {
  const input = file === '-' ? stdin : createReadStream(file, { highWaterMark: 256 * 1024 });
  const name = nameOfSource(file);
  try {
    yield* decompress(readable(input, name), name);
  } finally {
    input.destroy();
  }
}

/** What messages call a file. */
export const nameOfSource = (file: string): string => (file === '-' ? 'standard input' : file);

async function* readable(input: Readable, name: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of input) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
  } catch (error) {
    throw new InputError(`Cannot read ${name}: ${reasonOf(error as NodeJS.ErrnoException)}`);
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'there is no such file';
  if (error.code === 'EISDIR') return 'it is a folder';
  if (error.code === 'EACCES') return 'permission denied';
  return error.message;
}

async function* decompress(chunks: AsyncGenerator<Buffer>, name: string): AsyncGenerator<Buffer> {
  const { head, whole } = await peek(chunks, XZ_MAGIC.length);
  if (head.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC)) yield* gunzip(whole, name);
  else if (head.subarray(0, XZ_MAGIC.length).equals(XZ_MAGIC)) yield* unxz(whole, name);
  else yield* whole;
}

/** Reads the first bytes ahead. @returns so many of them, or all that there are, and the whole again */
export async function peek(
  chunks: AsyncGenerator<Buffer>,
  bytes: number,
): Promise<{ head: Buffer; whole: AsyncGenerator<Buffer> }> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < bytes) {
    const { done, value } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  return { head, whole: prepend(head, chunks) };
}

async function* prepend(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

async function* gunzip(chunks: AsyncGenerator<Buffer>, name: string): AsyncGenerator<Buffer> {
  const compressed = Readable.from(chunks);
  const unzip = createGunzip();
  compressed.on('error', (error) => unzip.destroy(error));
  compressed.pipe(unzip);
  try {
    for await (const chunk of unzip) yield chunk as Buffer;
  } catch (error) {
    throw brokenArchive(error, name, 'gzip');
  } finally {
    compressed.destroy();
  }
}

async function* unxz(chunks: AsyncGenerator<Buffer>, name: string): AsyncGenerator<Buffer> {
  // Not Readable.toWeb: it fails with an AbortError of its own, which hides why reading failed.
  const compressed = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
  const reader = new XzReadableStream(
    compressed as unknown as globalThis.ReadableStream<Uint8Array>,
  ).getReader();
  let finished = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    finished = true;
  } catch (error) {
    finished = true;
    throw brokenArchive(error, name, 'xz');
  } finally {
    if (!finished) await reader.cancel();
  }
}

function brokenArchive(error: unknown, name: string, format: string): InputError {
  if (error instanceof InputError) return error;
  return new InputError(`${name} is cut short, damaged or no ${format} file (${(error as Error).message})`);
}
