import { join } from 'node:path';
import { printJson } from '../output';
import { changingTables } from './open-lake';
import { whileAlone } from './while-alone';

/** `tidemark export adopt` */
export async function adopt({ json }: { json?: boolean }): Promise<void> {
  const [{ adoptLake }, { openWorkFolder }, { WORK_FOLDER }] = await Promise.all([
    import('../../export/adopt.js'),
    import('../../lake/local-files/work-folder.js'),
    import('../../runtime/with-exporter.js'),
  ]);
  await changingTables('adopt', async (open) => {
    const { store, config } = open.runtime;
    const adopted = await whileAlone(open, false, async () => {
      const work = await openWorkFolder(join(config.dataDir, WORK_FOLDER));
      try {
        return await adoptLake({ store, catalog: open.lake, workFolder: work.path });
      } finally {
        await work.remove();
      }
    });
    if (json) return printJson(adopted);
    process.stdout.write(
      `The lake is the exporter's again, behind position ${adopted.through || '(the start of the log)'}: ` +
        `${adopted.events.toLocaleString('en')} events are recorded as ${adopted.cuts} cuts. ` +
        '`tidemark start` goes on from there.\n',
    );
  });
}
