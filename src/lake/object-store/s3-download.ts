import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { LARGE_FILE } from './s3-multipart';
import { readBody, type S3Access } from './s3-requests';

/** A part of an object, and the version that it must be of. */
interface ObjectPart {
  Range?: string;
  IfMatch?: string;
}

/** The bytes of an object, or of a part. @param Key whole, with the prefix */
export async function readObject(
  { client, bucket }: S3Access,
  Key: string,
  signal: AbortSignal,
  part: ObjectPart = {},
): Promise<Buffer> {
  const command = new GetObjectCommand({ Bucket: bucket, Key, ...part });
  const { Body } = await client.send(command, { abortSignal: signal });
  return readBody(Body, signal);
}

/**
 * Reads an object in pieces. Each has its own deadline and tries, so that neither time nor memory depends on
 * the size of the object.
 * @param Key whole, with the prefix
 */
export async function* piecesOf(access: S3Access, Key: string): AsyncGenerator<Buffer> {
  const { client, requests, bucket } = access;
  const { ContentLength: size = 0, ETag } = await requests.send((abortSignal) =>
    client.send(new HeadObjectCommand({ Bucket: bucket, Key }), { abortSignal }),
  );
  for (let from = 0; from < size; from += LARGE_FILE) {
    const Range = `bytes=${from}-${Math.min(from + LARGE_FILE, size) - 1}`;
    yield requests.send((signal) => readObject(access, Key, signal, { Range, IfMatch: ETag }));
  }
}
