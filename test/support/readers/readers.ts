import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { formatJson, parseJson } from '../../../src/lake/iceberg/lossless-json';
import { pythonEnvironment } from '../python/environment';
import { describeWith } from '../suite';

/** A value as JSON has it: whole numbers beyond 2^53 are bigints, decimals, dates and times are texts. */
export type Row = Record<string, unknown>;

/**
 * A metadata file by its absolute location, with properties of pyiceberg's file access; or a table of a REST
 * catalog.
 */
export type TableSource =
  | { metadata: string; properties?: Record<string, string> }
  | { catalog: { uri: string }; table: string };

export interface ScanOptions {
  /** pyiceberg's expression, such as `kind == 'a'` */
  filter?: string;
  snapshot?: bigint;
}

/** Readers of Iceberg tables that are not ours, in a Python process. */
export interface Readers {
  /** pyiceberg: the rows, and how many files it had to open for them */
  scan(table: TableSource, options?: ScanOptions): Promise<{ rows: Row[]; plannedFiles: number }>;
  /** pyiceberg's reading of the schema */
  schema(table: TableSource): Promise<Row[]>;
  /** one of pyiceberg's metadata tables */
  inspect(table: TableSource, what: 'snapshots' | 'manifests' | 'entries' | 'files'): Promise<Row[]>;
  /** DuckDB with its Iceberg extension */
  sql(sql: string): Promise<Row[]>;
  stop(): Promise<void>;
}

/** A suite that needs the readers. @param others what it needs besides; see describeWith */
export function describeReaders(title: string, suite: () => void, ...others: (() => unknown)[]): void {
  describeWith([readersPython, ...others], title, suite);
}

/** Starts them; a question costs milliseconds after that. They end with this process. */
export async function startReaders(): Promise<Readers> {
  const child = spawn(readersPython(), [join(__dirname, 'reader.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('The Python process of the readers ended');
    return value;
  };
  let last: Promise<unknown> = nextLine();
  await last;
  const ask = <T>(question: object): Promise<T> => {
    const answer = last.then(async () => {
      child.stdin.write(`${formatJson(question)}\n`);
      const { answer, error } = parseJson(await nextLine()) as { answer: T; error?: string };
      if (error) throw new Error(error);
      return answer;
    });
    last = answer.catch(() => {});
    return answer;
  };
  return {
    scan: (table, options) => ask({ ask: 'scan', ...table, ...options }),
    schema: (table) => ask({ ask: 'schema', ...table }),
    inspect: (table, what) => ask({ ask: 'inspect', what, files: true, ...table }),
    sql: (sql) => ask({ ask: 'sql', sql }),
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

/** @throws Error saying why they cannot be had */
export function readersPython(): string {
  return join(pythonEnvironment('readers', join(__dirname, 'requirements.txt')), 'bin/python');
}
