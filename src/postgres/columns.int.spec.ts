import type { PoolClient } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/database';
import {
  boolArray,
  dateArray,
  int4Array,
  int8Array,
  jsonArray,
  jsonbArray,
  numericArray,
  textArray,
  timestamptzArray,
  uuidArray,
} from './columns';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** What PostgreSQL reads out of a column, each element as text. */
async function asText(client: PoolClient, column: Buffer, type: string): Promise<(string | null)[]> {
  const { rows } = await client.query<{ value: string | null }>(
    `SELECT e::text AS value FROM unnest($1::${type}[]) WITH ORDINALITY AS u(e, i) ORDER BY i`,
    [column],
  );
  return rows.map(({ value }) => value);
}

const UUID = '0197b2f4-7c11-7abc-8def-0123456789ab';

describe('a binary column arrives in PostgreSQL as it was', () => {
  it.each([
    [
      'text',
      textArray(['plain', '', null, 'Grüße, 東京 🛒', `quote " ' \\ { } , NULL`, 'NULL', '\n\t']),
      ['plain', '', null, 'Grüße, 東京 🛒', `quote " ' \\ { } , NULL`, 'NULL', '\n\t'],
    ],
    ['text', textArray(['x'.repeat(100_000)]), ['x'.repeat(100_000)]],
    [
      'int4',
      int4Array([0, -1, null, 2_147_483_647, -2_147_483_648]),
      ['0', '-1', null, '2147483647', '-2147483648'],
    ],
    [
      'int8',
      int8Array([
        0,
        -1,
        4_294_967_296,
        -4_294_967_297,
        Number.MAX_SAFE_INTEGER,
        Number.MIN_SAFE_INTEGER,
        null,
      ]),
      ['0', '-1', '4294967296', '-4294967297', '9007199254740991', '-9007199254740991', null],
    ],
    ['int8', int8Array([2n ** 63n - 1n, -(2n ** 63n)]), ['9223372036854775807', '-9223372036854775808']],
    ['bool', boolArray([true, null, false]), ['true', null, 'false']],
    [
      'timestamptz',
      timestamptzArray([0, 1_735_689_600_123, -62_135_596_800_000, null]),
      ['1970-01-01 00:00:00+00', '2025-01-01 00:00:00.123+00', '0001-01-01 00:00:00+00', null],
    ],
    [
      'date',
      dateArray(['2000-01-01', '1969-12-31', '2024-02-29', null, '9999-12-31', '0001-01-01']),
      ['2000-01-01', '1969-12-31', '2024-02-29', null, '9999-12-31', '0001-01-01'],
    ],
    ['uuid', uuidArray([UUID, null, UUID.toUpperCase()]), [UUID, null, UUID]],
    ['json', jsonArray(['{"b":1, "a":"é"}', null]), ['{"b":1, "a":"é"}', null]],
    ['jsonb', jsonbArray(['{"b":1, "a":"é"}', null, '[]']), ['{"a": "é", "b": 1}', null, '[]']],
    [
      'numeric',
      numericArray([0, 0n, 1, -1, 9_999, 10_000, -10_001, 100_000_000, null, 10n ** 40n, -(10n ** 40n) - 7n]),
      [
        '0',
        '0',
        '1',
        '-1',
        '9999',
        '10000',
        '-10001',
        '100000000',
        null,
        `1${'0'.repeat(40)}`,
        `-1${'0'.repeat(39)}7`,
      ],
    ],
    ['numeric', numericArray([Number.MAX_SAFE_INTEGER]), ['9007199254740991']],
    ['text', textArray([]), []],
    ['numeric', numericArray([]), []],
    ['jsonb', jsonbArray([null, null]), [null, null]],
  ])('%s', async (type, column, expected) => {
    const client = await database.pool.connect();
    try {
      await client.query('SET TimeZone TO UTC');
      expect(await asText(client, column, type)).toEqual(expected);
    } finally {
      client.release();
    }
  });
});

it('several columns make the rows of one insert', async () => {
  await database.pool.query('CREATE TABLE lines (id int8, name text, amount numeric, day date)');
  await database.pool.query(
    'INSERT INTO lines SELECT * FROM unnest($1::int8[], $2::text[], $3::numeric[], $4::date[])',
    [int8Array([1, 2]), textArray(['a', null]), numericArray([5n, -5n]), dateArray(['2024-01-01', null])],
  );
  const { rows } = await database.pool.query('SELECT id, name, amount, day::text FROM lines ORDER BY id');
  expect(rows).toEqual([
    { id: '1', name: 'a', amount: '5', day: '2024-01-01' },
    { id: '2', name: null, amount: '-5', day: null },
  ]);
});
