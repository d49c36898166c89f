import type { DescribedTable } from '../../warehouse/target/described-tables';
import { CliError, ExitCode } from '../errors';
import { printJson, printTable } from '../output';
import { openForReading, type WarehouseCommandOptions } from './open-target';

/** `tidemark warehouse describe` */
export async function describe(
  table: string | undefined,
  { target: name, json }: WarehouseCommandOptions,
): Promise<void> {
  const { target } = await openForReading(name);
  const all = await target.describe();
  if (table === undefined) {
    if (json) printJson(all);
    else printTable(all.map(lineOf));
    return;
  }
  const found = all.find((each) => each.name === table.toLowerCase());
  if (!found)
    throw new CliError(
      `There is no table or view ${table}. There are: ${all.map((each) => each.name).join(', ')}.`,
      ExitCode.usage,
    );
  if (json) return printJson(found);
  process.stdout.write(`${found.name}, ${found.kind}: ${found.comment ?? 'without a comment'}\n\n`);
  printTable(
    found.columns.map(({ name: column, type, nullable, comment }) => ({
      column,
      type,
      null: nullable ? 'yes' : 'no',
      comment,
    })),
  );
}

const lineOf = ({ name, kind, columns, comment }: DescribedTable) => ({
  name,
  kind,
  columns: columns.length,
  comment,
});
