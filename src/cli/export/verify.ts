import { join } from 'node:path';
import type { LakeCheck } from '../../lake/maintenance/verify-lake';
import { ExitCode } from '../errors';
import { printJson, printTable } from '../output';
import { createProgress } from '../progress';
import { datasetsNamed, withTables } from './open-lake';

/** `tidemark export verify` */
export async function verify(names: string[], { json }: { json?: boolean }): Promise<void> {
  const chosen = await datasetsNamed(names);
  const [{ verifyLake }, { openWorkFolder }, { WORK_FOLDER }] = await Promise.all([
    import('../../lake/maintenance/verify-lake.js'),
    import('../../lake/local-files/work-folder.js'),
    import('../../runtime/with-exporter.js'),
  ]);
  await withTables('verify', async ({ runtime, lake, signal }) => {
    const work = await openWorkFolder(join(runtime.config.dataDir, WORK_FOLDER));
    try {
      const bar = createProgress({ label: 'verifying', unit: 'files' });
      const check = await verifyLake(lake, chosen, {
        workFolder: work.path,
        signal,
        onProgress: (done, total, dataset) => bar.update(done, dataset, total),
      });
      bar.done(summaryOf(check));
      if (json) printJson(check);
      else await printChecked(check);
      if (check.bad.length > 0) process.exitCode = ExitCode.failed;
    } finally {
      await work.remove();
    }
  });
}

function summaryOf({ files, bytes, bad }: LakeCheck): string {
  const read = `${files.toLocaleString('en')} data files of ${(bytes / 1024 / 1024).toFixed(1)} MB`;
  return bad.length === 0 ? `${read}: all as they were written` : `${read}: DAMAGED`;
}

async function printChecked({ withoutChecksum, bad }: LakeCheck): Promise<void> {
  if (withoutChecksum > 0)
    process.stdout.write(
      `${withoutChecksum.toLocaleString('en')} of them were written before files had checksums: ` +
        'they are there, and as large as they were written. `tidemark warehouse verify` compares what is ' +
        'in them.\n',
    );
  if (bad.length === 0) return;
  const { emptyAndExport } = await import('../../lake/errors/mending.js');
  printTable(bad.map(({ dataset, file, problem }) => ({ dataset, file, problem })));
  for (const dataset of new Set(bad.flatMap((one) => (one.file === null ? [] : [one.dataset]))))
    process.stdout.write(`\n${emptyAndExport(dataset)}\n`);
}
