import type { GraphQLSchema } from 'graphql';
import type { Random } from '../../src/ingest/simulator/random';
import { type HttpAttempt, type RawAttempt, utf8 } from './attempt';
import { mutateBytes, mutateText } from './mutate';
import { randomOperation } from './operation';

const CONTENT_TYPES = [
  'application/json; charset=utf-8',
  'application/json; charset=latin1',
  'application/json; charset=utf-16',
  'application/graphql-response+json',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/json;;;',
  '',
];
const PATHS = [
  '/',
  '/livez',
  '/readyz',
  '/metrics',
  '/graphql/',
  '/graphql?',
  '//',
  '/%00',
  '/..%2f..',
  '/a'.repeat(900),
];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'];

/** A request that a client library would make: mostly an operation, at times with something wrong in it. */
export function httpAttempt(schema: GraphQLSchema, random: Random): HttpAttempt {
  if (random.chance(0.05)) return elsewhere(random);
  const operation = randomOperation(schema, kindOf(random), random);
  if (random.chance(0.08)) operation.query = mutateText(operation.query, random);
  if (random.chance(0.03)) return byGet(operation.query, operation.variables);
  const body = JSON.stringify(random.chance(0.02) ? [operation, operation] : operation);
  const headers: Record<string, string> = {
    'content-type': random.chance(0.03) ? random.pick(CONTENT_TYPES) : 'application/json',
  };
  if (random.chance(0.01)) headers['content-encoding'] = random.pick(['gzip', 'br', 'identity', 'x']);
  if (random.chance(0.02))
    headers.origin = random.pick(['http://evil.example', 'null', 'http://127.0.0.1:1']);
  if (random.chance(0.01)) headers.upgrade = random.pick(['h2c', 'websocket', 'TLS/1.0']);
  const bytes = utf8(random.chance(0.04) ? mutateText(body, random) : body);
  return {
    kind: 'http',
    method: 'POST',
    path: '/graphql',
    headers,
    body: random.chance(0.02) ? mutateBytes(bytes, random) : bytes,
  };
}

const kindOf = (random: Random) => {
  const weights = [0.5, 0.48, 0.02];
  return (['query', 'mutation', 'subscription'] as const)[random.weighted(weights)] ?? 'query';
};

function byGet(query: string, variables: object): HttpAttempt {
  const search = new URLSearchParams({
    query: Buffer.from(query).toString(),
    variables: JSON.stringify(variables),
  });
  const path = `/graphql?${search}`.slice(0, 8_000);
  return { kind: 'http', method: 'GET', path, headers: { 'apollo-require-preflight': '1' } };
}

function elsewhere(random: Random): HttpAttempt {
  const method = random.pick(METHODS);
  const body = method === 'GET' || method === 'HEAD' ? undefined : random.pick(['', '{}', 'x'.repeat(5_000)]);
  return { kind: 'http', method, path: random.pick(PATHS), headers: {}, body };
}

const HEAD = 'HTTP/1.1\r\nHost: 127.0.0.1\r\n';
const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
const SOCKET_KEY = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';

const RAW = [
  `GET /livez ${HEAD}\r\n`,
  `GET /graphql ${HEAD}${UPGRADE}Origin: http://evil.example\r\n${SOCKET_KEY}\r\n`,
  `GET /readyz ${HEAD}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n` +
    'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n',
  `GET /graphql ${HEAD}${UPGRADE}${SOCKET_KEY}Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n` +
    '\x81\x85\x00\x00\x00\x00hello',
  `POST /graphql ${HEAD}${JSON_TYPE}Content-Length: 30\r\n\r\n{"query":"{ __typename }"}`,
  `POST /graphql ${HEAD}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n5\r\n{"que\r\nzz\r\n`,
  `POST /graphql ${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
  'GET /metrics HTTP/1.0\r\n\r\n',
  `GET /livez ${HEAD}\r\nGET /livez ${HEAD}\r\nGET /readyz ${HEAD}\r\n`,
  `POST /graphql ${HEAD}Expect: 100-continue\r\n${JSON_TYPE}Content-Length: 4000000\r\n\r\n{`,
  `GET /livez ${HEAD}${'X-A: b\r\n'.repeat(300)}\r\n`,
  `GET /${'x'.repeat(20_000)} ${HEAD}\r\n`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'CONNECT 127.0.0.1:5432 HTTP/1.1\r\nHost: 127.0.0.1:5432\r\n\r\n',
  '',
];

/** Bytes that no client library would send, and an end that none would choose. */
export function rawAttempt(random: Random): RawAttempt {
  const bytes = random.pick(RAW);
  return {
    kind: 'raw',
    bytes: random.chance(0.5) ? mutateBytes(bytes, random) : bytes,
    end: random.pick(['wait', 'fin', 'rst'] as const),
  };
}
