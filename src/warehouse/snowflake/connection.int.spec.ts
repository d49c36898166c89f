import { generateKeyPairSync } from 'node:crypto';
import { optionsFor, startDouble, TOKEN } from '../../../test/support/snowflake/account';
import type { SnowflakeDouble } from '../../../test/support/snowflake/double';
import { type ConnectionHooks, SnowflakeConnection, type StatementDone } from './connection';
import type { SnowflakeOptions } from './options';

let double: SnowflakeDouble;
const open: SnowflakeConnection[] = [];

beforeEach(async () => {
  double = await startDouble();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()));
  await double.stop();
});

async function connect(
  options: Partial<SnowflakeOptions> = {},
  hooks?: ConnectionHooks,
): Promise<SnowflakeConnection> {
  const connection = await SnowflakeConnection.open({ ...optionsFor(double), ...options }, hooks);
  open.push(connection);
  return connection;
}

describe('signing in', () => {
  it('is done with a key pair', async () => {
    const connection = await connect();
    expect((await connection.execute('SELECT 1 AS one')).rows).toEqual([['1']]);
  });

  it.each(['pat', 'oauth'] as const)('is done with a token (%s)', async (method) => {
    const connection = await connect({ credential: { method, token: TOKEN } });
    expect((await connection.execute('SELECT 1 AS one')).rows).toEqual([['1']]);
  });

  it('with a key that is not the user’s says which statement would make it so', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const privateKey = other.export({ format: 'pem', type: 'pkcs8' }) as string;
    await expect(connect({ credential: { method: 'key-pair', privateKey } })).rejects.toMatchObject({
      failure: 'credentials',
      message: expect.stringContaining('ALTER USER LOADER SET RSA_PUBLIC_KEY'),
    });
  });

  it('with a bad token says that a new one is needed', async () => {
    await expect(connect({ credential: { method: 'pat', token: 'old' } })).rejects.toMatchObject({
      failure: 'credentials',
      message: expect.stringContaining('SNOWFLAKE_TOKEN'),
    });
  });

  it('with a password warns, and says what to use instead when it is refused', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: string) => void warnings.push(warning);
    const options = { credential: { method: 'password', password: 'hunter2' } } as const;
    await expect(connect(options, { onWarning })).rejects.toMatchObject({
      failure: 'credentials',
      message: expect.stringContaining('key pair'),
    });
    expect(warnings).toEqual([expect.stringContaining('accounts refuse passwords')]);
  });

  it('is given up when nothing answers', async () => {
    double.plan(/login-request/, { kind: 'silence' }, 9);
    await expect(connect({ loginTimeoutMs: 300 })).rejects.toMatchObject({ failure: 'timeout' });
  });

  it('with an account that is not there names the account', async () => {
    double.plan(/login-request/, { kind: 'status', status: 403 });
    await expect(connect()).rejects.toMatchObject({
      failure: 'account',
      message: expect.stringContaining('check SNOWFLAKE_ACCOUNT'),
    });
  });
});

describe('a statement', () => {
  it('gives every digit of a number, and times in UTC', async () => {
    const connection = await connect();
    const { columns, rows } = await connection.execute(
      `SELECT CAST('12345678901234567890123456789.012345678' AS NUMBER(38, 9)) AS amount,
              CAST('9007199254740993' AS BIGINT) AS beyond_double, CAST('-0.0100' AS NUMBER(18, 4)) AS cent,
              CAST('2024-02-29' AS DATE) AS day, CAST('2024-02-29T23:59:59.123456Z' AS TIMESTAMP_NTZ(6)) AS at,
              TRUE AS yes, NULL AS nothing, 'it''s' AS text, CAST(0.5 AS DOUBLE) AS half`,
    );
    expect(rows).toEqual([
      [
        '12345678901234567890123456789.012345678',
        '9007199254740993',
        '-0.0100',
        '2024-02-29',
        '2024-02-29 23:59:59.123456',
        'TRUE',
        null,
        "it's",
        '0.5',
      ],
    ]);
    expect(columns[0]).toEqual({ name: 'AMOUNT', type: 'FIXED', isNumber: true, scale: 9 });
  });

  it('takes binds', async () => {
    const connection = await connect();
    const { rows } = await connection.execute('SELECT ?::VARCHAR AS a, ?::INTEGER AS b, ?::BOOLEAN AS c', [
      "x' OR '1",
      42,
      null,
    ]);
    expect(rows).toEqual([["x' OR '1", '42', null]]);
  });

  it('is logged with its rows and query id, without secrets', async () => {
    const log: StatementDone[] = [];
    const connection = await connect({}, { onStatement: (done) => log.push(done) });
    await connection.execute('CREATE TABLE t (n INTEGER)');
    await connection.execute('INSERT INTO t SELECT 1 UNION ALL SELECT 2');
    await connection.execute(
      `CREATE STAGE s URL = 's3://b/' CREDENTIALS = (AWS_KEY_ID = 'AK' AWS_SECRET_KEY = 'it''s secret')`,
    );
    const [insert, stage] = log.slice(-2);
    expect(insert).toMatchObject({ sql: expect.stringContaining('INSERT INTO t'), rows: 2 });
    expect(insert?.queryId).toMatch(/^[0-9a-f-]{36}$/);
    expect(stage?.sql).toContain("AWS_SECRET_KEY = '***'");
    expect(stage?.sql).not.toContain('secret');
  });

  it('that takes long is asked for until it is done', async () => {
    const connection = await connect();
    double.plan(/SELECT 7/, { kind: 'slow' });
    expect((await connection.execute('SELECT 7 AS n')).rows).toEqual([['7']]);
  });

  it('of many rows can be read while they arrive', async () => {
    const connection = await connect();
    const sum = await connection.stream('SELECT i AS n FROM range(5000) r(i)', async ({ columns, rows }) => {
      expect(columns).toEqual([{ name: 'N', type: 'FIXED', isNumber: true }]);
      let total = 0;
      for await (const [n] of rows) total += Number(n);
      return total;
    });
    expect(sum).toBe(12_497_500);
  });

  it('without a warehouse names the variable that chooses one', async () => {
    const connection = await connect({ warehouse: undefined });
    await expect(connection.execute('SELECT n FROM range(1) r(n)')).rejects.toMatchObject({
      failure: 'warehouse',
      message: expect.stringContaining('set SNOWFLAKE_WAREHOUSE'),
    });
  });

  it('over a table that is not there says what makes the tables', async () => {
    const connection = await connect();
    await expect(connection.execute('SELECT * FROM nowhere')).rejects.toMatchObject({
      failure: 'object',
      message: expect.stringContaining('tidemark warehouse init'),
    });
  });

  it('that the role may not do names the role', async () => {
    const connection = await connect({ role: 'READER' });
    double.plan(/CREATE TABLE/, {
      kind: 'refusal',
      code: '003001',
      message: 'SQL access control error:\nInsufficient privileges to operate on schema PUBLIC',
    });
    await expect(connection.execute('CREATE TABLE t (n INTEGER)')).rejects.toMatchObject({
      failure: 'privilege',
      message: expect.stringContaining('READER'),
    });
  });
});

describe('a session', () => {
  it('whose token expired is renewed without anyone noticing', async () => {
    const connection = await connect();
    await connection.execute('CREATE TEMPORARY TABLE mine (n INTEGER)');
    double.plan(/SELECT n FROM mine/, { kind: 'expired' });
    expect((await connection.execute('SELECT n FROM mine')).rows).toEqual([]);
    expect(double.requests).toContain('POST /session/token-request');
  });

  it.each([
    ['gone', { kind: 'gone' }],
    ['refused with 401 again and again', { kind: 'status', status: 401 }],
  ] as const)('that is %s takes no more statements', async (_, fault) => {
    const connection = await connect();
    double.plan(/SELECT 1/, fault, 9);
    await expect(connection.execute('SELECT 1')).rejects.toMatchObject({ failure: 'session' });

    await expect(connection.execute('SELECT 2')).rejects.toMatchObject({ failure: 'session' });
    expect(double.statements).not.toContain('SELECT 2');
  });

  it.each([429, 503])('goes on after HTTP %d', async (status) => {
    const connection = await connect();
    double.plan(/SELECT 5/, { kind: 'status', status });
    expect((await connection.execute('SELECT 5 AS n')).rows).toEqual([['5']]);
  });

  it('that lost an answer gets it on repeating, and the statement is done once', async () => {
    const connection = await connect();
    await connection.execute('CREATE TABLE t (n INTEGER)');
    double.plan(/^INSERT/, { kind: 'cut after' });
    expect((await connection.execute('INSERT INTO t SELECT 1')).changed).toBe(1);
    expect((await connection.execute('SELECT COUNT(*) AS n FROM t')).rows).toEqual([['1']]);
  });

  it('gives up a statement that is never answered, and sends nothing more for it', async () => {
    const connection = await connect({ statementTimeoutMs: 300 });
    double.plan(/SELECT 1/, { kind: 'silence' });
    await expect(connection.execute('SELECT 1')).rejects.toMatchObject({ failure: 'timeout' });
    const sent = double.requests.length;
    await connection.close();
    expect(double.requests.slice(sent)).toEqual(['POST /session']);
  });

  it('gives up when nothing answers any more', async () => {
    const connection = await connect({}, { retries: 1 });
    double.plan(/SELECT 1/, { kind: 'cut before' }, 9);
    await expect(connection.execute('SELECT 1')).rejects.toMatchObject({
      failure: 'network',
      message: expect.stringContaining(double.url),
    });
  });
});
