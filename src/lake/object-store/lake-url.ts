import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The place that a LAKE_URL names. */
export type LakeLocation =
  | { kind: 'folder' /** absolute */; path: string }
  | { kind: 's3'; bucket: string /** without slashes at its ends; may be empty */; prefix: string };

/**
 * A LAKE_URL or S3_ENDPOINT that cannot be understood. The message says what to give instead, and holds no
 * secrets.
 */
export class LakeUrlError extends Error {
  override readonly name = 'LakeUrlError';
}

const FORMS = 'give a folder (a path or file:///path) or s3://bucket/prefix';
/** Two letters at least: `C:` is a drive of Windows, and so a path. */
const SCHEME = /^([a-z][a-z0-9+.-]+):/i;
const BUCKET = /^[a-zA-Z0-9][a-zA-Z0-9._-]{1,61}[a-zA-Z0-9]$/;

/**
 * Reads a LAKE_URL without looking whether anything is there. A relative path is below the working directory.
 * @throws LakeUrlError
 */
export function parseLakeUrl(url: string): LakeLocation {
  if (url.trim() === '') throw new LakeUrlError(`is empty: ${FORMS}`);
  // Nobody means a control character in a path or key.
  if (/\p{Cc}/u.test(url)) throw new LakeUrlError(`has a control character in it: ${FORMS}`);
  const scheme = SCHEME.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return { kind: 'folder', path: resolve(url) };
  if (scheme === 'file') return { kind: 'folder', path: folderOf(url) };
  if (scheme === 's3') return bucketOf(url.slice('s3:'.length));
  const meant = scheme === 's3a' || scheme === 's3n' ? 'write s3:// instead' : FORMS;
  throw new LakeUrlError(`has scheme ${scheme}:, which is no place for a lake: ${meant}`);
}

/**
 * Checks an S3_ENDPOINT.
 * @returns the endpoint without a slash at its end
 * @throws LakeUrlError
 */
export function parseS3Endpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url && !url.username && !url.password && !url.search && !url.hash;
  if (!plain || !/^https?:$/.test(url.protocol))
    throw new LakeUrlError('is not an address: give http://host:port or https://host:port');
  return url.href.replace(/\/+$/, '');
}

function folderOf(url: string): string {
  const rest = url.slice('file:'.length);
  if (!rest.startsWith('//')) {
    if (rest === '') throw new LakeUrlError(`names no folder: ${FORMS}`);
    return resolve(rest);
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.host !== '')
    throw new LakeUrlError(
      'names a host: file:// takes three slashes before an absolute path, file:///var/lake',
    );
  if (parsed.search !== '' || parsed.hash !== '')
    throw new LakeUrlError('has ? or # in it: write %3F or %23 where they belong to the path');
  try {
    return resolve(fileURLToPath(parsed));
  } catch {
    throw new LakeUrlError('has an escape in it that is none: write %25 where the path has a percent sign');
  }
}

function bucketOf(rest: string): LakeLocation {
  const [, bucket = '', path = ''] = /^\/\/([^/]*)\/*(.*?)\/*$/.exec(rest) ?? [];
  if (bucket.includes('@'))
    throw new LakeUrlError('must not hold credentials: give AWS_ACCESS_KEY_ID and the like');
  if (!BUCKET.test(bucket)) throw new LakeUrlError('names no bucket: give s3://bucket/prefix');
  if (/[?#*\\]/.test(path))
    throw new LakeUrlError('has a ?, #, * or \\ in its prefix: give s3://bucket/prefix');
  if (path !== '' && path.split('/').some((part) => part === '' || part === '.' || part === '..'))
    throw new LakeUrlError('has an empty part, . or .. in its prefix: give s3://bucket/prefix');
  return { kind: 's3', bucket, prefix: path };
}
