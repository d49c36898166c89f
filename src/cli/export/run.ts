import { printJson } from '../output';
import { createProgress } from '../progress';
import { withLake } from './open-lake';
import { withExporter } from './with-exporter';

/** `tidemark export run` */
export async function run({ json }: { json?: boolean }): Promise<void> {
  const { exportStatus } = await import('../../export/exporter/status.js');
  await withLake('run', async (open) => {
    const { store } = open.runtime;
    const [first] = await exportStatus(store, open.lake);
    const bar = createProgress({ label: 'exporting', total: first?.lagEvents, unit: 'events' });
    const startedAt = Date.now();
    let [events, rows] = [0, 0];
    await withExporter(
      open,
      (exported) => {
        events += exported.events;
        rows += exported.rows;
        bar.update(events);
      },
      (exporter) => exporter.catchUp(open.signal),
    );
    const seconds = (Date.now() - startedAt) / 1000;
    bar.done(
      `exported ${events.toLocaleString('en')} events as ${rows.toLocaleString('en')} rows in ${seconds.toFixed(1)} s`,
    );
    open.signal.throwIfAborted();
    if (json) printJson({ events, rows, seconds, datasets: await exportStatus(store, open.lake) });
  });
}
