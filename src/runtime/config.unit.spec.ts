import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isLoopback } from '../server/host-names';
import { readConfig } from './config';
import { ConfigError } from './errors';
import { withoutSecrets } from './event-store-url';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('nothing has to be set', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    port: 4000,
    allowedHosts: [],
    dataDir: resolve('.tidemark'),
    lake: { url: resolve('.tidemark/lake'), s3: {}, restCatalog: undefined },
    roles: ['projector', 'api', 'exporter'],
    workers: true,
    databaseUrl: undefined,
    eventStoreUrl: undefined,
    streamPrefix: '',
    kafka: undefined,
    holidays: [],
    reportingCurrency: undefined,
    timeZone: undefined,
    auth: 'off',
    logLevel: 'info',
    nodeEnv: 'development',
  });
});

test('every variable is read', () => {
  const config = readConfig({
    HOST: '0.0.0.0',
    PORT: '0',
    TIDEMARK_ALLOWED_HOSTS: 'shop.example, 10.0.0.7,[fd00::7]',
    TIDEMARK_DATA_DIR: '/data',
    TIDEMARK_ROLES: ' api ',
    TIDEMARK_WORKERS: '0',
    TIDEMARK_AUTH: 'insecure',
    DATABASE_URL: 'postgresql://u:p@db:5432/x?sslmode=require',
    EVENT_STORE_URL: 'esdb+discover://me:hunter2@a:2113,b/?tlsCaFile=package.json&nodePreference=leader',
    EVENT_STORE_STREAM_PREFIX: 'shop-',
    KAFKA_BROKERS: 'a:9092, [::1]:9093',
    KAFKA_TOPIC_PREFIX: 'shop.',
    KAFKA_PARTITIONS: '8',
    KAFKA_REPLICATION_FACTOR: '3',
    KAFKA_SSL: 'true',
    KAFKA_SSL_CA_PATH: __filename,
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    KAFKA_SASL_USERNAME: 'me',
    KAFKA_SASL_PASSWORD: 'hunter2',
    LAKE_URL: 's3://bucket/shop/',
    LAKE_KEEP_SNAPSHOTS: '2000',
    LAKE_EVENTS_PARTITION: 'day',
    S3_ENDPOINT: 'http://minio:9000/',
    AWS_REGION: 'eu-central-1',
    ICEBERG_REST_URI: 'http://catalog:8181/',
    ICEBERG_REST_TOKEN: 'secret',
    ICEBERG_REST_WAREHOUSE: 'w',
    ICEBERG_REST_NAMESPACE: 'shop',
    HOLIDAYS_PATH: '/dev/null',
    REPORTING_CURRENCY: 'JPY',
    STORE_TIME_ZONE: 'Europe/Berlin',
    LOG_LEVEL: 'debug',
    NODE_ENV: 'production',
  });
  expect(config).toEqual({
    host: '0.0.0.0',
    port: 0,
    allowedHosts: ['shop.example', '10.0.0.7', '[fd00::7]'],
    dataDir: '/data',
    lake: {
      url: 's3://bucket/shop/',
      s3: { endpoint: 'http://minio:9000', region: 'eu-central-1' },
      restCatalog: { uri: 'http://catalog:8181', token: 'secret', warehouse: 'w', namespace: 'shop' },
      eventsPartition: 'day',
      keepSnapshots: 2_000,
    },
    roles: ['api'],
    workers: false,
    databaseUrl: 'postgresql://u:p@db:5432/x?sslmode=require',
    eventStoreUrl: 'esdb+discover://me:hunter2@a:2113,b/?tlsCaFile=package.json&nodePreference=leader',
    streamPrefix: 'shop-',
    kafka: {
      brokers: ['a:9092', '[::1]:9093'],
      topicPrefix: 'shop.',
      ssl: { ca: readFileSync(__filename, 'utf8') },
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'me', password: 'hunter2' },
      clientId: 'tidemark',
      topics: { partitions: 8, replicationFactor: 3 },
    },
    holidays: [],
    reportingCurrency: 'JPY',
    timeZone: 'Europe/Berlin',
    auth: 'insecure',
    logLevel: 'debug',
    nodeEnv: 'production',
  });
});

test('an empty variable counts as absent', () => {
  expect(readConfig({ PORT: '', REPORTING_CURRENCY: '  ' })).toEqual(readConfig({}));
});

test('all bad variables are reported at once, each with its value and what is allowed', () => {
  const problems = problemsOf({
    PORT: '70000',
    TIDEMARK_ALLOWED_HOSTS: 'https://shop.example',
    TIDEMARK_ROLES: 'api,baker',
    TIDEMARK_AUTH: 'maybe',
    DATABASE_URL: 'mysql://root:hunter2@db/x',
    REPORTING_CURRENCY: 'EURO',
    STORE_TIME_ZONE: 'Mars/Olympus',
    LOG_LEVEL: 'loud',
  });
  const names = problems.map((problem) => problem.split('=')[0]);
  expect(names.sort()).toEqual([
    'DATABASE_URL',
    'LOG_LEVEL',
    'PORT',
    'REPORTING_CURRENCY',
    'STORE_TIME_ZONE',
    'TIDEMARK_ALLOWED_HOSTS',
    'TIDEMARK_AUTH',
    'TIDEMARK_ROLES',
  ]);
  expect(problems).toContain('PORT=70000 is not allowed: give a whole number from 0 to 65535');
  expect(problems.join()).not.toContain('hunter2');
  expect(new ConfigError(problems).message).toMatch(/^Configuration, 8 problems:\n {2}- /);
});

test.each(['shop', '-', 'my shop-', '$shop-', 'shop-a-', `${'x'.repeat(101)}-`])(
  'EVENT_STORE_STREAM_PREFIX=%s is refused',
  (EVENT_STORE_STREAM_PREFIX) => {
    const [problem, ...others] = problemsOf({ EVENT_STORE_STREAM_PREFIX });
    expect(problem).toContain(`EVENT_STORE_STREAM_PREFIX=${EVENT_STORE_STREAM_PREFIX} is not allowed: `);
    expect(others).toEqual([]);
  },
);

test('the bridge runs where there is a Kafka, and cannot be asked for where there is none', () => {
  expect(readConfig({ KAFKA_BROKERS: 'k:9092' })).toMatchObject({
    roles: ['bridge', 'projector', 'api', 'exporter'],
    kafka: { brokers: ['k:9092'], topicPrefix: '', ssl: false, sasl: undefined, topics: { partitions: 4 } },
  });
  expect(readConfig({ KAFKA_BROKERS: 'k:9092', TIDEMARK_ROLES: 'api' }).roles).toEqual(['api']);
  expect(problemsOf({ TIDEMARK_ROLES: 'bridge' })).toEqual([
    'TIDEMARK_ROLES=bridge has role bridge, which needs KAFKA_BROKERS',
  ]);
});

test.each([
  ['KAFKA_BROKERS', 'kafka'],
  ['KAFKA_BROKERS', 'http://kafka:9092'],
  ['KAFKA_BROKERS', 'a:9092,,b:9092'],
  ['KAFKA_BROKERS', 'a:0'],
  ['KAFKA_TOPIC_PREFIX', 'my shop'],
  ['KAFKA_PARTITIONS', '0'],
  ['KAFKA_REPLICATION_FACTOR', 'two'],
  ['KAFKA_SSL', 'yes'],
])('%s=%s is refused', (name, value) => {
  const [problem, ...others] = problemsOf({ KAFKA_BROKERS: 'k:9092', [name]: value });
  expect(problem?.startsWith(`${name}=${value} is not allowed: `)).toBe(true);
  expect(others).toEqual([]);
});

test('the pieces of Kafka’s authentication come together or not at all', () => {
  const problems = problemsOf({ KAFKA_BROKERS: 'k:9092', KAFKA_SASL_PASSWORD: 'hunter2' });
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
    'KAFKA_SASL_MECHANISM',
    'KAFKA_SASL_USERNAME',
  ]);
  expect(problems.join()).not.toContain('hunter2');
});

test('a certificate authority needs TLS, and must be readable', () => {
  expect(problemsOf({ KAFKA_SSL_CA_PATH: __filename })).toEqual([
    'KAFKA_SSL_CA_PATH is given, but KAFKA_SSL is not true',
  ]);
  expect(problemsOf({ KAFKA_SSL: 'true', KAFKA_SSL_CA_PATH: '/no/such.pem' })[0]).toMatch(
    /^KAFKA_SSL_CA_PATH=\/no\/such.pem cannot be read/,
  );
});

test.each([
  ['http://admin:hunter2@host', 'is not allowed: give esdb://'],
  ['esdb://', 'is not allowed: give esdb://'],
  ['esdb://admin:hunter2', 'is not allowed: give esdb://'],
  ['esdb://admin:hun/ter2@host', 'is not allowed: give esdb://'],
  ['esdb://admin:hunter2@host?tls=no', 'has tls=no: give true or false'],
  ['esdb://admin:hunter2@host?tlsCaFile=/no/such.pem', 'has tlsCaFile=/no/such.pem: the file cannot be read'],
  [
    'esdb://admin:hunter2@host?tlsVerifyCert=false',
    'has tlsVerifyCert=false: certificates are always verified',
  ],
  ['esdb://admin:hunter2@host?throwOnAppendFailure=false', 'has the option throwOnAppendFailure, which'],
  ['esdb://admin:hunter2@host?password=hunter2', 'has the option password, which does not exist'],
  ['esdb://admin:hunter2@host?node-preference=best', 'has node-preference=best: give one of leader'],
])('EVENT_STORE_URL=%s is refused without its password', (EVENT_STORE_URL, reason) => {
  const [problem, ...others] = problemsOf({ EVENT_STORE_URL });
  expect(problem).toContain(`EVENT_STORE_URL ${reason}`);
  expect(problem).not.toContain('ter2');
  expect(others).toEqual([]);
});

test.each([
  'esdb://localhost',
  'esdb://127.0.0.1:2113?tls=false',
  'esdb://admin:p%40ss@db.example:2113/?tls=true&keepAliveInterval=10000',
  'esdb+discover://a:1,b:2,c:3?node_preference=Follower',
])('EVENT_STORE_URL=%s is taken', (EVENT_STORE_URL) => {
  expect(readConfig({ EVENT_STORE_URL }).eventStoreUrl).toBe(EVENT_STORE_URL);
});

test('people read where the event store is without its password', () => {
  expect(withoutSecrets('esdb://me:hunter2@a:2113,b?tls=true')).toBe('esdb://me@a:2113,b');
  expect(withoutSecrets('esdb://a:2113?tls=false')).toBe('esdb://a:2113');
});

test.each(['-1', '1e3', '80.5', 'http', '65536'])('PORT=%s is refused', (PORT) => {
  expect(problemsOf({ PORT })).toHaveLength(1);
});

test.each(['eur', 'XXX', 'EU'])('REPORTING_CURRENCY=%s is refused', (REPORTING_CURRENCY) => {
  expect(problemsOf({ REPORTING_CURRENCY })).toHaveLength(1);
});

test.each([
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['127.evil.example', false],
  ['192.168.1.4', false],
])('%s is reached from this machine only: %s', (host, loopback) => {
  expect(isLoopback(host)).toBe(loopback);
  expect(problemsOf({ HOST: host })).toHaveLength(loopback ? 0 : 1);
  expect(problemsOf({ HOST: host, TIDEMARK_AUTH: 'insecure' })).toEqual([]);
});

test('a lake that cannot be meant is refused with what to give instead, and so are half credentials', () => {
  expect(() =>
    readConfig({
      LAKE_URL: 'gs://bucket',
      LAKE_KEEP_SNAPSHOTS: '0',
      LAKE_EVENTS_PARTITION: 'week',
      S3_ENDPOINT: 'minio',
      ICEBERG_REST_URI: 'catalog',
      AWS_SECRET_ACCESS_KEY: 'hunter2',
    }),
  ).toThrow(
    new RegExp(
      [
        'AWS_SECRET_ACCESS_KEY is given, but AWS_ACCESS_KEY_ID is not',
        'LAKE_URL has scheme gs:',
        'S3_ENDPOINT is not an address',
        'ICEBERG_REST_URI=catalog is not allowed',
        'LAKE_EVENTS_PARTITION=week is not allowed',
        'LAKE_KEEP_SNAPSHOTS=0 is not allowed',
      ].join('[\\s\\S]*'),
    ),
  );
});

test('the lake lies in the data folder unless it is said otherwise', () => {
  expect(readConfig({ TIDEMARK_DATA_DIR: '/data' }).lake).toMatchObject({ url: '/data/lake' });
});
