import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DatasetBuffer } from '../../src/lake/parquet/dataset-buffer';
import { ParquetWriter } from '../../src/lake/parquet/parquet-writer';
import { everyType } from './every-type.dataset';

const ROWS = 20_000;

/**
 * `write-parquet.ts folder portion`: writes the same rows every time, added in portions, and prints the hash
 * of each file.
 */
async function main([folder = '', portion = '']: string[]): Promise<void> {
  const buffer = new DatasetBuffer(everyType);
  const rows = Array.from({ length: ROWS }, (_, i) => ({
    position: String(i).padStart(6, '0'),
    text: i % 9 === 0 ? null : `text number ${i % 1_000} of some length`,
    int: i % 5 === 0 ? null : i,
    long: i * 1_000_003,
    flag: i % 2 === 0,
    day: 19_723 + (i % 60),
    at: 1_704_067_200_000 + i,
    amount: i * 7,
    rate: i % 3 === 0 ? null : 10n ** 20n + BigInt(i),
    tags: Array.from({ length: i % 4 }, (__, tag) => `tag ${tag}`),
    kind: i % 2 === 0 ? 'even' : 'odd',
    select: i,
  }));
  for (let from = 0; from < ROWS; from += Number(portion))
    buffer.add(rows.slice(from, from + Number(portion)));
  const writer = await ParquetWriter.open({ temporaryFolder: path.join(folder, 'temporary') });
  try {
    for (const file of await writer.write(buffer, folder)) {
      const hash = createHash('sha256').update(await readFile(file.path));
      console.log(file.partitionFolder, hash.digest('hex'));
    }
  } finally {
    await writer.close();
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
