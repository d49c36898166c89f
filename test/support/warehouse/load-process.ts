/**
 * Loads the lake that `arguments[2]` describes (JSON of its files, as `LakeFile` without functions but with a path) into the
 * warehouse in folder `arguments[3]`, and kills itself at the step with number `arguments[4]`; prints `loaded` when there is none.
 */
import { readFileSync } from 'node:fs';
import { loadWarehouse } from '../../../src/warehouse/duckdb/duckdb-warehouse';
import type { LakeFile, LakeFiles } from '../../../src/warehouse/load/lake-files';

interface Described {
  through: string;
  files: Record<string, (Omit<LakeFile, 'localPath'> & { path: string })[]>;
}

const [, , description = '', folder = '', killAt = ''] = process.argv;
const described = JSON.parse(readFileSync(description, 'utf8')) as Described;
const lake: LakeFiles = {
  through: async () => described.through,
  async *files(dataset) {
    for (const { path, ...file } of described.files[dataset] ?? [])
      yield { ...file, localPath: async () => path };
  },
};

let step = 0;
function onProgress(): void {
  step += 1;
  if (step === Number(killAt)) process.kill(process.pid, 'SIGKILL');
}

loadWarehouse({ folder, threads: 1 }, lake, { onProgress }).then(() =>
  process.stdout.write(`loaded ${step}\n`),
);
