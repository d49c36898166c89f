import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { CliError, ExitCode } from '../errors';

/**
 * Reads the query: from the argument, from a file, or from standard input, where it is `-` or something is
 * piped in.
 * @throws CliError when there is none, or more than one
 */
export async function readSql(sql: string | undefined, file: string | undefined): Promise<string> {
  if (sql !== undefined && file !== undefined)
    throw new CliError('Give the query either as an argument or with --file, not both.', ExitCode.usage);
  if (file !== undefined && file !== '-') return readSqlFile(file);
  if (sql !== undefined && sql !== '-') return sql;
  if (sql === undefined && file === undefined && process.stdin.isTTY)
    throw new CliError(
      'Give the query: as an argument, with --file FILE, or on standard input.',
      ExitCode.usage,
    );
  return text(process.stdin);
}

async function readSqlFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError(`--file ${file} cannot be read: ${(error as Error).message}`, ExitCode.usage);
  }
}
