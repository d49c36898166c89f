import { ObjectStoreError } from './object-store';

/** The bucket and the server that an error names. */
export interface S3Place {
  bucket: string;
  /** undefined: AWS itself */
  endpoint?: string;
}

/** The parts of the SDK's errors that are read here. */
interface SdkFailure extends Error {
  /** of the operating system, such as ECONNRESET */
  code?: string;
  /** where the bucket is, when it is in another region */
  Region?: string;
  $metadata?: { httpStatusCode?: number };
  $response?: { statusCode?: number; headers?: Record<string, string> };
}

/** Refusals that pass: asked again, the server may carry out the request. */
const PASSING = [
  'BadDigest',
  'ConditionalRequestConflict',
  'IncompleteBody',
  'OperationAborted',
  'RequestTimeTooSkewed',
  'RequestTimeout',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'XAmzContentChecksumMismatch',
];
/** There was no connection, so the server has not seen the request. */
const NEVER_SENT = ['ECONNREFUSED', 'EAI_AGAIN', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH'];
const TIMED_OUT = ['AbortError', 'TimeoutError'];

const CREDENTIALS = [
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
  'XAdminUserNotFound',
];
const ELSEWHERE = ['AuthorizationHeaderMalformed', 'IllegalLocationConstraintException', 'PermanentRedirect'];

const statusOf = ({ $metadata, $response }: SdkFailure): number | undefined =>
  $metadata?.httpStatusCode ?? $response?.statusCode;

/** Tells whether the request or its answer was cut off, so that nobody knows what the server did. */
function wasCut(error: SdkFailure): boolean {
  // The status of an answer that cannot be read may well say that the request was carried out.
  const saidYes = (statusOf(error) ?? 0) >= 200 && (statusOf(error) ?? 0) < 300;
  return error.code !== undefined || TIMED_OUT.includes(error.name) || saidYes;
}

const isServerError = (error: SdkFailure): boolean => {
  const status = statusOf(error) ?? 0;
  return status >= 500 && status !== 501;
};

/** Tells whether a condition did not hold: an object stands there. */
export const isPreconditionFailed = (error: unknown): boolean => statusOf(error as SdkFailure) === 412;

export const isNoSuchUpload = (error: unknown): boolean => (error as SdkFailure).name === 'NoSuchUpload';

/** Tells whether there is no such object. A missing bucket is another error, where the answer has a body. */
export const isNoSuchKey = (error: unknown): boolean =>
  ['NoSuchKey', 'NotFound'].includes((error as SdkFailure).name);

/** Tells whether the server may give another answer when it is asked again. */
export function isRetryable(thrown: unknown): boolean {
  const error = thrown as SdkFailure;
  const busy = [408, 429].includes(statusOf(error) ?? 0) || isServerError(error);
  return busy || PASSING.includes(error.name) || wasCut(error);
}

/** Tells whether the server may have carried out the request although it failed. */
export function mayHaveHappened(thrown: unknown): boolean {
  const error = thrown as SdkFailure;
  return isServerError(error) || (wasCut(error) && !NEVER_SENT.includes(error.code ?? ''));
}

/** @returns an error that names bucket and server and says what to do */
export function s3Failure(what: string, { bucket, endpoint }: S3Place, error: unknown): ObjectStoreError {
  if (error instanceof ObjectStoreError) return error;
  const place = `bucket ${bucket} at ${endpoint ?? 'AWS'}`;
  return new ObjectStoreError(`${what} in ${place} failed: ${explain(error as SdkFailure)}`, {
    cause: error,
  });
}

function explain(error: SdkFailure): string {
  const { name, code = '', message } = error;
  const status = statusOf(error);
  const said = [name, message].filter((part) => part && part !== 'UnknownError').join(': ');
  if (name === 'NoSuchBucket') return 'there is no such bucket; create it, or mend LAKE_URL';
  if (name === 'CredentialsProviderError')
    return 'no credentials are found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE';
  if (message === 'Region is missing') return 'no region is known; set AWS_REGION';
  if (CREDENTIALS.includes(name) || status === 401)
    return (
      `the credentials are refused (${name}); ` +
      'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN'
    );
  if (ELSEWHERE.includes(name) || status === 301) {
    const region = error.Region ?? error.$response?.headers?.['x-amz-bucket-region'];
    return `the bucket is in another region; set AWS_REGION${region ? `=${region}` : ''} (${said})`;
  }
  if (name === 'AccessDenied' || status === 403)
    return (
      `these credentials may not do that (${status} ${name}); allow s3:GetObject, PutObject, DeleteObject, ` +
      'AbortMultipartUpload, ListBucket and ListBucketMultipartUploads'
    );
  if (NEVER_SENT.includes(code)) return `nobody answers there (${code}); check S3_ENDPOINT and the network`;
  if (code !== '') return `the connection was cut (${code})`;
  if (TIMED_OUT.includes(name)) return 'it did not answer in time';
  return status === undefined ? said : `${said} (${status})`;
}
