import { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** An in-memory DuckDB: the second opinion of the oracle specs. */
export class Duck {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  static async open(): Promise<Duck> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
    return new Duck(instance, await instance.connect());
  }

  /** Runs one or more statements. */
  async run(sql: string): Promise<void> {
    await this.connection.run(sql);
  }

  /** The cells of a query's rows as DuckDB writes them as text; NULL is null. */
  async rows(sql: string): Promise<(string | null)[][]> {
    const text = `SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (${sql})`;
    const reader = await this.connection.runAndReadAll(text);
    return reader.getRowsJson() as (string | null)[][];
  }

  /** The rows of a query, each as one line of text, with bars between the cells. */
  async lines(sql: string): Promise<string[]> {
    return (await this.rows(sql)).map(toLine);
  }

  /**
   * Fills a table from plain values. Everything but numbers is written as text, and cast by the types of the
   * table.
   */
  async insert(table: string, rows: readonly (readonly (string | number | null)[])[]): Promise<void> {
    const CHUNK = 500;
    for (let start = 0; start < rows.length; start += CHUNK) {
      const values = rows.slice(start, start + CHUNK).map((row) => `(${row.map(literal).join(', ')})`);
      await this.run(`INSERT INTO ${table} VALUES ${values.join(', ')}`);
    }
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

/** The cells with bars between them; null is a bare hyphen. */
export function toLine(cells: readonly unknown[]): string {
  return cells.map((cell) => (cell === null ? '-' : String(cell))).join(' | ');
}

function literal(value: string | number | null): string {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
