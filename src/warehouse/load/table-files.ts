import type { Catalog } from '../../lake/iceberg/committer';
import { lakeIdentity } from '../../lake/lake-identity';
import { exportedThrough } from '../../lake/status';
import { hasTable } from '../../lake/tables/has-table';
import { liveFiles } from '../../lake/tables/live-files';
import type { LakeFile, LakeFiles } from '../lake-files';

/**
 * The tables of a lake as a load sees them.
 * @param localPath finds a file of the lake on this machine, see `localFiles`
 */
export function tableFiles(catalog: Catalog, localPath: (key: string) => Promise<string>): LakeFiles {
  return {
    identity: async () => (await lakeIdentity(catalog.store)) ?? null,
    through: () => exportedThrough(catalog),
    async *files(dataset): AsyncIterable<LakeFile> {
      if (!(await hasTable(catalog, dataset))) return;
      for await (const file of liveFiles(catalog, dataset)) {
        yield {
          key: file.path,
          rows: file.recordCount,
          bytes: file.fileSize,
          snapshotId: String(file.snapshotId),
          // An expired snapshot does not say; a load has taken its files long ago.
          throughPosition: file.throughPosition ?? '',
          partition: file.partition,
          localPath: () => localPath(file.path),
        };
      }
    },
  };
}
