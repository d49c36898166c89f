import { CliError, ExitCode } from '../errors';
import { datasetNamed, withTables } from './open-lake';

/** `tidemark export rollback` */
export async function rollback(name: string, { snapshot }: { snapshot: string }): Promise<void> {
  if (!/^\d{1,19}$/.test(snapshot))
    throw new CliError(`--snapshot ${snapshot}: give the id of a snapshot.`, ExitCode.usage);
  const dataset = await datasetNamed(name);
  const { rollbackTable } = await import('../../export/iceberg/rollback.js');
  await withTables('rollback', async ({ lake }) => {
    const cut = await rollbackTable(lake, dataset.name, BigInt(snapshot));
    process.stdout.write(
      `${name} is at snapshot ${snapshot} (cut ${cut}). The exporter of \`tidemark start\` adds what the log says since then by itself; without it \`tidemark export run\` does.\n`,
    );
  });
}
