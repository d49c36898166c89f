import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { column, columnOf, type Rowset, status, textOf } from './rowset';
import { type Command, parse } from './translate';

/** An error that the service answers with. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly sqlState = '22000',
  ) {
    super(message);
  }
}

export interface Bind {
  type: string;
  value: string | null;
}

/** State that all sessions share. */
export interface Shared {
  /** folder with the files of internal stages */
  stageFolder: string;
  stages: Map<string, string | undefined>;
  transactions: Map<string, { id: string; name: string; session: Session }>;
}

/** The result of a statement, for the driver. */
export interface Outcome extends Partial<Rowset> {
  statementTypeId: number;
  upload?: Record<string, unknown>;
}

const DML: Record<string, { typeId: number; column: string }> = {
  INSERT: { typeId: 0x3100, column: 'number of rows inserted' },
  UPDATE: { typeId: 0x3200, column: 'number of rows updated' },
  DELETE: { typeId: 0x3300, column: 'number of rows deleted' },
  MERGE: { typeId: 0x3400, column: 'number of rows inserted' },
};

/** A session of the double. One connection to DuckDB holds its temporary tables and its transaction. */
export class Session {
  readonly id = randomUUID();
  readonly parameters: Record<string, string> = {};
  private transaction: string | undefined;

  constructor(
    readonly connection: DuckDBConnection,
    private readonly shared: Shared,
    private readonly warehouse: string | undefined,
  ) {}

  /** @throws Refusal */
  async run(sql: string, binds: Record<string, Bind> | undefined): Promise<Outcome> {
    const command = parse(sql);
    switch (command.kind) {
      case 'session':
        Object.assign(this.parameters, command.parameters);
        return says('Statement executed successfully.');
      case 'transaction':
        await this.switchTransaction(command);
        return says('Statement executed successfully.');
      case 'stage':
        return this.stage(command);
      case 'format':
        return says('File format successfully created.');
      case 'put':
        return this.put(command);
      case 'remove':
        await rm(path.join(this.shared.stageFolder, command.stage, command.folder), {
          recursive: true,
          force: true,
        });
        return says('Files removed.');
      case 'copy':
        return this.copy(command);
      case 'list':
        return this.list(command.stage);
      case 'transactions':
        return this.transactions();
      case 'tables':
        return this.tables(command.like);
      case 'abort':
        return this.abort(command.transaction);
      case 'sql':
        return this.statement(command, binds);
    }
  }

  private async switchTransaction({ verb, name }: Extract<Command, { kind: 'transaction' }>): Promise<void> {
    if (verb === 'BEGIN') {
      await this.connection.run('BEGIN TRANSACTION');
      this.transaction = String(Date.now()) + String(this.shared.transactions.size);
      const entry = { id: this.transaction, name: name ?? randomUUID(), session: this };
      this.shared.transactions.set(this.transaction, entry);
      return;
    }
    // Snowflake accepts both without a transaction, and does nothing.
    if (this.transaction === undefined) return;
    await this.endTransaction(verb);
  }

  private async endTransaction(verb: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    this.shared.transactions.delete(this.transaction as string);
    this.transaction = undefined;
    await this.connection.run(verb);
  }

  /** CREATE OR REPLACE empties a stage. */
  private async stage({ name, url, replace }: Extract<Command, { kind: 'stage' }>): Promise<Outcome> {
    const key = name.toLowerCase();
    if (this.shared.stages.has(key) && !replace) return says(`${name} already exists, statement succeeded.`);
    await rm(path.join(this.shared.stageFolder, key), { recursive: true, force: true });
    this.shared.stages.set(key, url);
    return says(`Stage area ${name} successfully created.`);
  }

  private async list(stage: string): Promise<Outcome> {
    const root = path.join(this.shared.stageFolder, stage);
    const files = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    const rowset = files
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [`${stage}/${path.relative(root, path.join(parentPath, name))}`]);
    return { statementTypeId: 0x4000, rowtype: [column('name', 'text')], rowset };
  }

  private async tables(like: string): Promise<Outcome> {
    const found = await this.connection.runAndReadAll(
      `SELECT upper(table_name) FROM duckdb_tables() WHERE table_name ILIKE '${like}' ORDER BY 1`,
    );
    const rowset = found.getRows().map((row) => row.map(textOf));
    return { statementTypeId: 0x4000, rowtype: [column('name', 'text')], rowset };
  }

  private transactions(): Outcome {
    const rows = [...this.shared.transactions.values()].map(({ id, name, session }) => [
      id,
      name,
      session.id,
    ]);
    const rowtype = [column('id', 'fixed', 0), column('name', 'text'), column('session', 'text')];
    return { statementTypeId: 0x4000, rowtype, rowset: rows };
  }

  private async abort(id: string): Promise<Outcome> {
    const transaction = this.shared.transactions.get(id);
    if (!transaction) throw new Refusal('000002', `Transaction ${id} is not running`);
    await transaction.session.endTransaction('ROLLBACK');
    return { statementTypeId: 0x1000, ...status('Transaction aborted.') };
  }

  private async statement(
    { sql, ddl, usesWarehouse }: Extract<Command, { kind: 'sql' }>,
    binds: Record<string, Bind> | undefined,
  ): Promise<Outcome> {
    if (usesWarehouse) this.needWarehouse();
    // In Snowflake DDL commits the open transaction, and is one of its own.
    if (ddl && this.transaction !== undefined) await this.endTransaction('COMMIT');
    const dml = DML[/^\w+/.exec(sql)?.[0].toUpperCase() ?? ''];
    const values = Object.entries(binds ?? {}).sort(([a], [b]) => Number(a) - Number(b));
    const reader = await this.duckDb(() =>
      this.connection.runAndReadAll(
        sql,
        values.length > 0 ? values.map(([, bind]) => bound(bind)) : undefined,
      ),
    );
    if (ddl) return { statementTypeId: 0x6000, ...status('Statement executed successfully.') };
    if (dml) {
      const rowset = [[String(reader.rowsChanged)]];
      return { statementTypeId: dml.typeId, rowtype: [column(dml.column, 'fixed', 0)], rowset };
    }
    const types = reader.columnTypes();
    const rowtype = reader.columnNames().map((name, index) => columnOf(name, types[index]!));
    return { statementTypeId: 0x1000, rowtype, rowset: reader.getRows().map((row) => row.map(textOf)) };
  }

  private put({ source, stage, folder }: Extract<Command, { kind: 'put' }>): Outcome {
    if (!this.shared.stages.has(stage))
      throw new Refusal('002003', `Stage '${stage}' does not exist`, '02000');
    const upload = {
      command: 'UPLOAD',
      src_locations: [source],
      autoCompress: false,
      sourceCompression: 'auto_detect',
      overwrite: true,
      parallel: 4,
      stageInfo: { locationType: 'LOCAL_FS', location: path.join(this.shared.stageFolder, stage, folder) },
    };
    return { statementTypeId: 0x7000, upload };
  }

  private async copy({
    table,
    stage,
    folder,
    files,
    purge,
  }: Extract<Command, { kind: 'copy' }>): Promise<Outcome> {
    this.needWarehouse();
    if (!this.shared.stages.has(stage))
      throw new Refusal('002003', `Stage '${stage}' does not exist`, '02000');
    const url = this.shared.stages.get(stage);
    const root = path.join(this.shared.stageFolder, url === undefined ? stage : bucketPath(url));
    const rowset: string[][] = [];
    for (const file of files) {
      const source = path.join(root, folder, file);
      const rows = await this.duckDb(() => this.copyFile(table, source));
      rowset.push([file, 'LOADED', String(rows), String(rows)]);
      if (purge) await rm(source);
    }
    const rowtype = [
      column('file', 'text'),
      column('status', 'text'),
      column('rows_parsed', 'fixed', 0),
      column('rows_loaded', 'fixed', 0),
    ];
    return { statementTypeId: 0x3600, rowtype, rowset };
  }

  /** Columns are matched by name; those that only one side has are left out. */
  private async copyFile(table: string, source: string): Promise<number> {
    const file = `read_parquet('${source}', hive_partitioning = false)`;
    const names = async (of: string) =>
      (await this.connection.runAndReadAll(`DESCRIBE ${of}`)).getRows().map(([name]) => String(name));
    const own = new Set(await names(table));
    const shared = (await names(`SELECT * FROM ${file}`)).filter((name) => own.has(name)).join(', ');
    const result = await this.connection.run(
      `INSERT INTO ${table} (${shared}) SELECT ${shared} FROM ${file}`,
    );
    return result.rowsChanged;
  }

  private needWarehouse(): void {
    if (this.warehouse === undefined)
      throw new Refusal('000606', 'No active warehouse selected in the current session.', '57P03');
  }

  private async duckDb<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // TRANSACTION_ABORT_ON_ERROR: an error ends the transaction.
      if (this.transaction !== undefined) await this.endTransaction('ROLLBACK');
      const { message } = error as Error;
      if (/does not exist/.test(message))
        throw new Refusal('002003', `SQL compilation error:\n${message}`, '42S02');
      if (/^Parser Error/.test(message))
        throw new Refusal('001003', `SQL compilation error:\n${message}`, '42000');
      // DuckDB refuses at once where Snowflake would wait for the lock.
      if (/conflict/i.test(message))
        throw new Refusal('000625', `Statement was aborted waiting for a lock: ${message}`);
      throw new Refusal('100132', message);
    }
  }

  async rollBack(): Promise<void> {
    if (this.transaction !== undefined) await this.endTransaction('ROLLBACK');
  }

  async close(): Promise<void> {
    await this.rollBack();
    this.connection.closeSync();
  }
}

const says = (text: string): Outcome => ({ statementTypeId: 0x4000, ...status(text) });

function bound({ type, value }: Bind): string | number | boolean | bigint | null {
  if (value === null) return null;
  if (type === 'FIXED') return BigInt(value);
  if (type === 'REAL') return Number(value);
  return type === 'BOOLEAN' ? value === 'true' : value;
}

/** The path of a bucket's object in the folder of stages. */
export const bucketPath = (url: string): string => url.replace(/^s3(?:compat)?:\/\//, 's3/');
