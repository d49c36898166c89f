import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../test/support/database';
import { copyRows } from './copy-rows';
import { type ColumnType, numeric, type Table } from './table';

const DECIMALS = 6;
const millionths: ColumnType<string, bigint> = {
  ...numeric,
  copy: (row, value) => row.numeric(value, DECIMALS),
};
const table = {
  name: 'numbers',
  columns: { whole: numeric, exact: numeric, fine: millionths },
} satisfies Table;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query('CREATE TABLE numbers (i serial, whole numeric, exact numeric, fine numeric)');
});
afterAll(() => database.drop());

/** `whole` as text; with six decimals */
const asText = (value: bigint, decimals: number): string => {
  const digits = String(value < 0n ? -value : value).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const sign = value < 0n ? '-' : '';
  return decimals === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-decimals)}`;
};

async function copied(rows: readonly { safe: number; large: bigint }[]): Promise<string[][]> {
  const client = await database.pool.connect();
  try {
    await client.query('TRUNCATE numbers');
    await copyRows(client, table, rows, {
      whole: ({ safe }) => safe,
      exact: ({ large }) => large,
      fine: ({ large }) => large,
    });
    const found = await client.query('SELECT whole::text, exact::text, fine::text FROM numbers ORDER BY i');
    return found.rows.map(({ whole, exact, fine }) => [whole, exact, fine]);
  } finally {
    client.release();
  }
}

const wanted = ({ safe, large }: { safe: number; large: bigint }) => [
  String(safe),
  asText(large, 0),
  asText(large, DECIMALS),
];

describe('a numeric that is copied', () => {
  it('arrives with each of its digits', async () => {
    const edges = [0, 1, 9_999, 10_000, 99_999_999, Number.MAX_SAFE_INTEGER, -1, -10_000, 20_000];
    const rows = edges.map((safe) => ({ safe, large: BigInt(safe) ** 3n }));
    expect(await copied(rows)).toEqual(rows.map(wanted));
    const any = fc.record({
      safe: fc.maxSafeInteger(),
      large: fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(any, { minLength: 1, maxLength: 200 }), async (some) => {
        const exact = some.map(({ safe, large }) => ({ safe: safe === 0 ? 0 : safe, large }));
        expect(await copied(exact)).toEqual(exact.map(wanted));
      }),
      { numRuns: 10 },
    );
  });

  it('is no number that has lost digits', async () => {
    await expect(copied([{ safe: 2 ** 53, large: 0n }])).rejects.toThrow('is no exact integer');
  });
});
