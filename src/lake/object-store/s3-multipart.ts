import { type FileHandle, open } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { ObjectStoreError } from './object-store';
import { isNoSuchUpload } from './s3-failure';
import type { S3Access, Tried } from './s3-requests';

/** Larger files are sent in parts, and read in pieces of this size; bytes. */
export const LARGE_FILE = 16 * 1024 ** 2;
const MOST_PARTS = 10_000;
/** Parts in memory at once. */
const AT_ONCE = 3;

interface Upload extends S3Access {
  /** whole, with the prefix */
  key: string;
  /** local file */
  path: string;
  /** bytes */
  size: number;
}

/**
 * Sends a large file in parts. The object appears when the upload is completed, unless another one stands
 * there. An upload that is not completed is given up.
 * @returns the outcome of the completion
 * @throws the error of any other request; then nothing was written
 */
export async function uploadInParts(upload: Upload): Promise<Tried<unknown>> {
  const { client, requests, bucket, key } = upload;
  const target = { Bucket: bucket, Key: key };
  // The completion may name checksums of parts only if the upload was begun with their algorithm.
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
    // An upload that cannot be given up now is given up when it is old.
    if (!completed)
      await requests.attempt((abortSignal) =>
        client.send(new AbortMultipartUploadCommand({ ...target, UploadId }), { abortSignal }),
      );
  }
}

/**
 * Gives up uploads that nobody has completed.
 * @param prefix of their keys
 * @returns their number
 */
export async function abortStaleUploads(
  access: S3Access,
  prefix: string,
  olderThanMs: number,
): Promise<number> {
  const { client, requests, bucket: Bucket } = access;
  const stale = await staleUploads(access, prefix, olderThanMs);
  for (const upload of stale) {
    const command = new AbortMultipartUploadCommand({ Bucket, ...upload });
    const tried = await requests.attempt((abortSignal) => client.send(command, { abortSignal }));
    // Its owner may have completed it or given it up meanwhile.
    if (!tried.ok && !isNoSuchUpload(tried.error)) throw tried.error;
  }
  return stale.length;
}

interface StaleUpload {
  Key: string | undefined;
  UploadId: string | undefined;
}

async function staleUploads(
  { client, requests, bucket: Bucket }: S3Access,
  Prefix: string,
  olderThanMs: number,
): Promise<StaleUpload[]> {
  const stale: StaleUpload[] = [];
  let after: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
  while (after) {
    const command = new ListMultipartUploadsCommand({ Bucket, Prefix, ...after });
    const page: ListMultipartUploadsCommandOutput = await requests.send((abortSignal) =>
      client.send(command, { abortSignal }),
    );
    for (const { Key, UploadId, Initiated } of page.Uploads ?? [])
      if (Initiated && Date.now() - Initiated.getTime() >= olderThanMs) stale.push({ Key, UploadId });
    after = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
      : undefined;
  }
  return stale;
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
    // No part may still be sent when the upload is given up.
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
