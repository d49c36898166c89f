import { CliError, ExitCode } from '../errors';
import { printJson } from '../output';
import { changingTables, datasetNamed } from './open-lake';

interface RollbackOptions {
  snapshot?: string;
  toEmpty?: boolean;
  json?: boolean;
}

/** `tidemark export rollback` */
export async function rollback(
  name: string,
  { snapshot, toEmpty = false, json }: RollbackOptions,
): Promise<void> {
  if (toEmpty === (snapshot !== undefined))
    throw new CliError('Give --snapshot or --to-empty, one of them.', ExitCode.usage);
  if (snapshot !== undefined && !/^\d{1,19}$/.test(snapshot))
    throw new CliError(`--snapshot ${snapshot}: give the id of a snapshot.`, ExitCode.usage);
  const dataset = await datasetNamed(name);
  const [{ emptyTable, rollbackTable }, { mustBeExporters }] = await Promise.all([
    import('../../lake/tables/rollback.js'),
    import('../../lake/tables/handed-over.js'),
  ]);
  await changingTables('rollback', async ({ lake }) => {
    await mustBeExporters(lake, dataset.name);
    let state = 'is empty';
    let cut = 0;
    if (snapshot === undefined) await emptyTable(lake, dataset.name);
    else {
      cut = await rollbackTable(lake, dataset.name, BigInt(snapshot));
      state = `is at snapshot ${snapshot} (cut ${cut})`;
    }
    if (json) return printJson({ dataset: name, snapshot: snapshot ?? null, cut });
    process.stdout.write(
      `${name} ${state}. The exporter of \`tidemark start\` adds what the log says since then by itself; ` +
        'without it `tidemark export run` does.\n',
    );
  });
}
