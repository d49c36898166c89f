import { ExitCode } from '../errors';
import { printJson, printTable } from '../output';
import { withTables } from './open-lake';

/** `tidemark export redrive` */
export async function redrive({ json }: { json?: boolean }): Promise<void> {
  const { withExporter } = await import('../../runtime/with-exporter.js');
  await withTables('redrive', async ({ runtime: { store, config }, lake, signal }) => {
    const result = await withExporter({ store, lake, config }, (exporter) => exporter.redrive(signal));
    signal.throwIfAborted();
    const { redriven, stillRefused, refused } = result;
    if (json) printJson(result);
    else {
      process.stdout.write(
        redriven + stillRefused === 0
          ? 'No event was refused.\n'
          : `${redriven} events are in their datasets now, ${stillRefused} are refused still.\n`,
      );
      printTable(refused.map((row) => ({ ...row })));
      if (stillRefused > refused.length)
        process.stdout.write(
          `... and ${stillRefused - refused.length} more; dataset bad_rows has them all.\n`,
        );
    }
    if (stillRefused > 0) process.exitCode = ExitCode.rejected;
  });
}
