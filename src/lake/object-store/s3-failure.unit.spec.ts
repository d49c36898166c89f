import { isRetryable, mayHaveHappened, s3Failure } from './s3-failure';

interface Shape {
  name?: string;
  status?: number;
  code?: string;
  message?: string;
  Region?: string;
}

const failure = ({ status, message = 'UnknownError', ...rest }: Shape) =>
  Object.assign(new Error(message), rest, status && { $metadata: { httpStatusCode: status } });

test.each<[Shape, RegExp]>([
  [{ name: 'NoSuchBucket', status: 404 }, /no such bucket; create it, or mend LAKE_URL/],
  [{ name: 'AccessDenied', status: 403 }, /may not do that .*allow s3:GetObject/],
  [{ name: 'Unknown', status: 403 }, /may not do that/],
  [{ name: 'InvalidAccessKeyId', status: 403 }, /credentials are refused.*check AWS_ACCESS_KEY_ID/],
  [{ name: 'ExpiredToken', status: 400 }, /credentials are refused \(ExpiredToken\)/],
  [{ name: 'PermanentRedirect', status: 301 }, /another region; set AWS_REGION/],
  [{ name: 'AuthorizationHeaderMalformed', status: 400, Region: 'eu-west-1' }, /set AWS_REGION=eu-west-1/],
  [{ message: 'Region is missing' }, /no region is known; set AWS_REGION/],
  [{ name: 'CredentialsProviderError' }, /no credentials are found/],
  [{ code: 'ENOTFOUND' }, /nobody answers there \(ENOTFOUND\); check S3_ENDPOINT/],
  [{ code: 'ECONNRESET', name: 'TimeoutError' }, /the connection was cut \(ECONNRESET\)/],
  [{ name: 'AbortError' }, /did not answer in time/],
  [{ name: 'EntityTooLarge', status: 400, message: 'too large' }, /EntityTooLarge: too large \(400\)/],
])('%j is explained', (shape, message) => {
  const place = { bucket: 'shop', endpoint: 'http://minio' };
  const shown = s3Failure('Reading a', place, failure(shape)).message;
  expect(shown).toMatch(/^Reading a in bucket shop at http:\/\/minio failed: /);
  expect(shown).toMatch(message);
  expect(s3Failure('Reading a', { bucket: 'shop' }, failure(shape)).message).toContain('bucket shop at AWS');
});

test.each<[Shape, 'no' | 'not done' | 'perhaps done']>([
  [{ name: 'InternalError', status: 500 }, 'perhaps done'],
  [{ name: 'SlowDown', status: 503 }, 'perhaps done'],
  [{ code: 'ECONNRESET' }, 'perhaps done'],
  [{ name: 'TimeoutError' }, 'perhaps done'],
  [{ name: 'SyntaxError', status: 200 }, 'perhaps done'],
  [{ code: 'ECONNREFUSED' }, 'not done'],
  [{ name: 'ConditionalRequestConflict', status: 409 }, 'not done'],
  [{ name: 'TooManyRequestsException', status: 429 }, 'not done'],
  [{ name: 'RequestTimeout', status: 400 }, 'not done'],
  [{ name: 'PreconditionFailed', status: 412 }, 'no'],
  [{ name: 'NotImplemented', status: 501 }, 'no'],
  [{ name: 'AccessDenied', status: 403 }, 'no'],
  [{ name: 'NoSuchBucket', status: 404 }, 'no'],
  [{ message: 'Region is missing' }, 'no'],
])('%j: tried again: %s', (shape, again) => {
  expect(isRetryable(failure(shape))).toBe(again !== 'no');
  expect(mayHaveHappened(failure(shape))).toBe(again === 'perhaps done');
});
