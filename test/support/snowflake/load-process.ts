/**
 * A program that loads a lake into Snowflake, for specs that kill it. Its argument is a `LoadTask` as JSON.
 */
import type { LakeFile } from '../../../src/warehouse/lake-files';
import { loadSnowflake } from '../../../src/warehouse/snowflake/load-snowflake';
import type { SnowflakeWarehouseOptions } from '../../../src/warehouse/snowflake/with-snowflake';

export interface LoadTask {
  options: SnowflakeWarehouseOptions;
  identity: string;
  through: string | null;
  /** each file with its dataset and its path on this machine */
  files: { dataset: string; file: Omit<LakeFile, 'localPath'>; path: string }[];
}

const { options, identity, through, files } = JSON.parse(process.argv[2] ?? '') as LoadTask;

void loadSnowflake(options, {
  identity: async () => identity,
  through: async () => through,
  async *files(wanted) {
    for (const { dataset, file, path } of files)
      if (dataset === wanted) yield { ...file, localPath: async () => path };
  },
});
