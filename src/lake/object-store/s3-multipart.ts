import { type FileHandle, open } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { ObjectStoreError } from './object-store';
import type { Requests, Tried } from './s3-requests';

/** Files above this are sent in parts; bytes. */
export const LARGE_FILE = 16 * 1024 ** 2;
const MOST_PARTS = 10_000;
/** Parts in memory at once. */
const AT_ONCE = 3;

export interface Upload {
  client: S3Client;
  requests: Requests;
  bucket: string;
  /** whole, with the prefix */
  key: string;
  /** local file */
  path: string;
  /** bytes */
  size: number;
}

/**
 * Sends a large file in parts. It appears when the upload is completed, unless something stands there; an
 * upload that is not completed is given up.
 * @returns what the completion came to
 * @throws what another request failed with; then nothing was written
 */
export async function uploadInParts(upload: Upload): Promise<Tried<unknown>> {
  const { client, requests, bucket, key } = upload;
  const target = { Bucket: bucket, Key: key };
  // A checksum for each part is taken at completion only if the upload was begun with the algorithm.
  const { UploadId } = await requests.send((abortSignal) =>
    client.send(new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: 'CRC32' }), { abortSignal }),
  );
  let completed = false;
  try {
    const Parts = await sendParts(upload, UploadId);
    const tried = await requests.attempt((abortSignal) =>
      client.send(
        new CompleteMultipartUploadCommand({
          ...target,
          UploadId,
          MultipartUpload: { Parts },
          IfNoneMatch: '*',
        }),
        { abortSignal },
      ),
    );
    completed = tried.ok;
    return tried;
  } finally {
    // Whatever cannot be given up now is given up by its age.
    if (!completed)
      await requests.attempt((abortSignal) =>
        client.send(new AbortMultipartUploadCommand({ ...target, UploadId }), { abortSignal }),
      );
  }
}

async function sendParts(upload: Upload, UploadId: string | undefined): Promise<CompletedPart[]> {
  const { client, requests, bucket, key, path, size } = upload;
  const partSize = Math.max(LARGE_FILE, Math.ceil(size / MOST_PARTS));
  const parts: CompletedPart[] = new Array(Math.ceil(size / partSize));
  const file = await open(path, 'r');
  try {
    let next = 0;
    let failed = false;
    const sender = async () => {
      while (next < parts.length && !failed) {
        const index = next++;
        const Body = await readPart(file, upload, index * partSize, partSize);
        const PartNumber = index + 1;
        const command = {
          Bucket: bucket,
          Key: key,
          UploadId,
          PartNumber,
          Body,
          ChecksumAlgorithm: 'CRC32',
        } as const;
        const sent = await requests.send((abortSignal) =>
          client.send(new UploadPartCommand(command), { abortSignal }),
        );
        parts[index] = { PartNumber, ETag: sent.ETag, ChecksumCRC32: sent.ChecksumCRC32 };
      }
    };
    const senders = Array.from({ length: AT_ONCE }, () =>
      sender().catch((error) => {
        failed = true;
        throw error;
      }),
    );
    // None may still be sending when the upload is given up.
    const refused = (await Promise.allSettled(senders)).find((outcome) => outcome.status === 'rejected');
    if (refused) throw refused.reason;
    return parts;
  } finally {
    await file.close();
  }
}

async function readPart(
  file: FileHandle,
  { path, size }: Upload,
  from: number,
  most: number,
): Promise<Buffer> {
  const part = Buffer.allocUnsafe(Math.min(most, size - from));
  const { bytesRead } = await file.read(part, 0, part.length, from);
  if (bytesRead < part.length) throw new ObjectStoreError(`${path} became shorter while it was sent`);
  return part;
}
