import { printJson } from '../output';
import { withLakeOfStore } from './open-lake';
import { whileAlone } from './while-alone';

/** `tidemark export handover` */
export async function handover({ json }: { json?: boolean }): Promise<void> {
  const { withExporter } = await import('../../runtime/with-exporter.js');
  await withLakeOfStore('handover', async (open) => {
    const { store, config } = open.runtime;
    const cut = await whileAlone(open, false, () =>
      withExporter({ store, lake: open.lake, config }, (exporter) => exporter.handOver(open.signal)),
    );
    if (json) return printJson({ cut: cut.number, position: cut.through });
    process.stdout.write(
      `The lake is Spark's behind position ${cut.through || '(the start of the log)'}. ` +
        'Start the job: docs/spark.md. `tidemark export adopt` takes the lake back.\n',
    );
  });
}
