import { ExitCode } from '../errors';
import { printJson, printTable } from '../output';
import { withTables } from './open-lake';
import { withExporter } from './with-exporter';

/** `tidemark export redrive` */
export async function redrive({ json }: { json?: boolean }): Promise<void> {
  await withTables('redrive', async (open) => {
    const result = await withExporter(
      open,
      () => {},
      (exporter) => exporter.redrive(open.signal),
    );
    open.signal.throwIfAborted();
    if (json) printJson(result);
    else {
      const { redriven, refused } = result;
      process.stdout.write(
        redriven + refused.length === 0
          ? 'No event was refused.\n'
          : `${redriven} events are in their datasets now, ${refused.length} are refused still.\n`,
      );
      printTable(refused.map((row) => ({ ...row })));
    }
    if (result.refused.length > 0) process.exitCode = ExitCode.rejected;
  });
}
