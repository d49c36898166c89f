import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CliError, ExitCode } from '../errors';
import { printJson } from '../output';

/** `tidemark export spark` */
export async function spark(to: string, { json }: { json?: boolean }): Promise<void> {
  const { sparkFiles } = await import('../../spark/files.js');
  const folder = resolve(to);
  const files = sparkFiles();
  try {
    for (const [path, text] of files) {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  } catch (error) {
    throw new CliError(`${folder} cannot be written to: ${(error as Error).message}`, ExitCode.usage);
  }
  if (json) return printJson({ folder, files: [...files.keys()] });
  process.stdout.write(`Wrote ${files.size} files to ${folder}. docs/spark.md says how to run them.\n`);
}
