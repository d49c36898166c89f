import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SnowflakeConnection } from '../../../src/warehouse/snowflake/connection';
import { loadOf } from '../../../src/warehouse/snowflake/load-name';
import type { SnowflakeOptions } from '../../../src/warehouse/snowflake/options';
import { records } from '../../../src/warehouse/snowflake/statement-result';
import type { SnowflakeWarehouseOptions } from '../../../src/warehouse/snowflake/with-snowflake';
import { TestLake } from '../warehouse/lake';
import { movingShop } from '../warehouse/moving-shop';
import { withTestShop } from '../warehouse/shop';
import { everyName } from '../warehouse/warehouse';
import { sameText } from './same-text';

type Rows = Record<string, string | null>[];

/** A lake, and the schema of Snowflake (a double or a real one) that it is loaded into. */
export class SnowflakeWarehouse {
  private constructor(
    private readonly snowflake: SnowflakeOptions,
    readonly lake: TestLake,
    /** the folder where this machine remembers the warehouse */
    readonly folder: string,
  ) {}

  static async create(snowflake: SnowflakeOptions): Promise<SnowflakeWarehouse> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tidemark-known-'));
    return new SnowflakeWarehouse(snowflake, await TestLake.create(), folder);
  }

  /**
   * The options of the program.
   * @param other replaces some of them
   */
  options(other: Partial<SnowflakeWarehouseOptions> = {}): SnowflakeWarehouseOptions {
    return { snowflake: this.snowflake, lakeRoot: 'file:///lake', folder: this.folder, retries: 1, ...other };
  }

  rows(sql: string): Promise<Rows> {
    return this.connected((query) => query(sql));
  }

  /** Every table and view, as lines of text. */
  everything(): Promise<Record<string, string[]>> {
    return this.connected(linesOf);
  }

  private async connected<T>(work: (query: (sql: string) => Promise<Rows>) => Promise<T>): Promise<T> {
    const connection = await SnowflakeConnection.open(this.snowflake);
    try {
      return await work(async (sql) => records(await connection.execute(sql)));
    } finally {
      await connection.close();
    }
  }

  /** The number of files in the ledger. Expects that none is there twice. */
  async ledgerRows(): Promise<number> {
    const [count] = await this.rows(
      'SELECT COUNT(*) AS n, COUNT(DISTINCT file_key) AS different FROM load_ledger',
    );
    expect(count?.n).toBe(count?.different);
    return Number(count?.n);
  }

  /** The tables of loads. */
  async scratchTables(): Promise<string[]> {
    const { database, schema } = this.snowflake;
    const found = await this.rows(`SHOW TABLES LIKE '%_t%' IN SCHEMA ${database}.${schema}`);
    return found.flatMap(({ name }) => (name && loadOf(name) !== undefined ? [name] : []));
  }

  async remove(): Promise<void> {
    await this.lake.remove();
    await rm(this.folder, { recursive: true, force: true });
  }
}

let movingShopLines: Promise<Record<string, string[]>> | undefined;

/** Every table and view of a DuckDB warehouse of `movingShop()`, as lines of text; made once a process. */
export function movingShopInDuckDb(): Promise<Record<string, string[]>> {
  movingShopLines ??= withTestShop(async ({ lake, load, rows }) => {
    await lake.addEvents(movingShop());
    await load();
    return linesOf(rows);
  });
  return movingShopLines;
}

async function linesOf(read: (sql: string) => Promise<Rows>): Promise<Record<string, string[]>> {
  const lines: Record<string, string[]> = {};
  for (const name of everyName) lines[name] = sameText(await read(`SELECT * FROM ${name}`));
  return lines;
}
