import { join } from 'node:path';
import { CliError, ExitCode } from '../errors';
import { printJson, printTable } from '../output';
import { createProgress } from '../progress';
import { changingTables, datasetsNamed } from './open-lake';

interface CompactOptions {
  targetMb: string;
  json?: boolean;
}

/** `tidemark export compact` */
export async function compact(names: string[], { targetMb, json }: CompactOptions): Promise<void> {
  const targetBytes = Number(targetMb) * 1024 * 1024;
  if (!(targetBytes > 0 && Number.isFinite(targetBytes)))
    throw new CliError(`--target-mb ${targetMb}: give a number above zero.`, ExitCode.usage);
  const chosen = await datasetsNamed(names);
  const [{ compactLake }, { openWorkFolder }, { WORK_FOLDER }] = await Promise.all([
    import('../../lake/maintenance/compact.js'),
    import('../../lake/local-files/work-folder.js'),
    import('../../runtime/with-exporter.js'),
  ]);
  await changingTables('compact', async ({ runtime, lake, signal }) => {
    const work = await openWorkFolder(join(runtime.config.dataDir, WORK_FOLDER));
    try {
      const bar = createProgress({ label: 'compacting', total: chosen.length, unit: 'datasets' });
      const results = await compactLake(lake, chosen, work.path, { targetBytes }, (name, done) => {
        signal.throwIfAborted();
        bar.update(done, name);
      });
      const files = results.reduce((sum, { filesReplaced }) => sum + filesReplaced, 0);
      bar.done(files === 0 ? 'nothing to make larger' : `replaced ${files.toLocaleString('en')} small files`);
      if (json) printJson(results);
      else printTable(results.map((result) => ({ ...result })));
    } finally {
      await work.remove();
    }
  });
}
