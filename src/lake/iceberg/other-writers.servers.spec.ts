import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  addCut,
  compactFiles,
  createLake,
  rewriteGroup,
  STORE_IDENTITY,
} from '../../../test/support/iceberg/lake';
import { measurements } from '../../../test/support/iceberg/measurements';
import { restCatalogJars } from '../../../test/support/iceberg/rest-catalog/jars';
import { catalogIn } from '../../../test/support/lake/test-lake';
import { describeReaders, startReaders } from '../../../test/support/readers/readers';
import { expireSnapshots } from '../tables/delete-unused';
import { ensureTable } from '../tables/ensure-table';
import { liveFiles } from '../tables/live-files';

const run = promisify(execFile);
const MAINTAIN = join(__dirname, '../../../test/support/iceberg/java/Maintain.java');

describeReaders(
  'a table that Iceberg’s own library writes to as well',
  () => {
    it('stays whole, for both', async () => {
      const [readers, lake] = await Promise.all([startReaders(), createLake()]);
      const ids = async () => {
        const { rows } = await readers.scan(await lake.source());
        return rows.map(({ kind, id }) => `${kind}${id}`).sort();
      };
      try {
        await ensureTable(lake, measurements, STORE_IDENTITY);
        for (const number of [0, 1, 12]) await addCut(lake, number);
        const before = await ids();
        const classPath = join(restCatalogJars(), '*');
        const { stdout } = await run('java', ['-cp', classPath, MAINTAIN, `${lake.store.root}/measurements`]);
        expect(stdout).toContain('planned 3');
        expect(await ids()).toEqual(before);

        const ours = catalogIn(lake.store);
        expect(await addCut(ours, 12)).toEqual({ outcome: 'already' });
        expect(await addCut(ours, 13)).toMatchObject({ outcome: 'committed' });
        const paths = [];
        for await (const { path } of liveFiles(ours, 'measurements')) paths.push(path);
        expect(paths).toHaveLength(8);
        expect(await compactFiles(ours, measurements, rewriteGroup(ours))).toMatchObject({
          filesReplaced: 8,
        });
        await expireSnapshots(ours, 'measurements');
        expect(await ids()).toHaveLength(before.length + 20);
        const { properties, snapshots } = (await ours.committer.load('measurements'))!.metadata;
        expect(properties['maintained-by']).toBe('java');
        expect(snapshots).toHaveLength(1);
        expect(snapshots[0]?.summary).toMatchObject({ 'tidemark.cut': '13', 'total-records': '80' });
      } finally {
        await readers.stop();
        await lake.remove();
      }
    });
  },
  restCatalogJars,
);
