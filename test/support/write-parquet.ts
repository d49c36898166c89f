import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DuckDb } from '../../src/duckdb/duckdb';
import { writePartitions } from '../../src/lake/parquet/write-partitions';
import { everyType } from './every-type.dataset';

const ROWS = 20_000;

/** Rows of `everyType`, the same every time. */
const QUERY = `
  SELECT lpad(i::VARCHAR, 6, '0') AS position,
         CASE WHEN i % 9 > 0 THEN 'text number ' || i % 1000 || ' of some length' END AS text,
         CASE WHEN i % 5 > 0 THEN i::INTEGER END AS int, i * 1000003 AS long, i % 2 = 0 AS flag,
         DATE '2024-01-01' + (i % 60)::INTEGER AS day, make_timestamptz(1704067200000000 + i * 1000) AS at,
         (i * 7 / 10000)::DECIMAL(18, 4) AS amount,
         CASE WHEN i % 3 > 0 THEN 10000000000::DECIMAL(25, 10) + i::DECIMAL(25, 10) END AS rate,
         list_transform(range(i % 4), lambda tag: 'tag ' || tag) AS tags,
         CASE WHEN i % 2 = 0 THEN 'even' ELSE 'odd' END AS kind, i::INTEGER AS "select"
    FROM range(${ROWS}) t(i)`;

/** `write-parquet.ts folder`: writes the same rows every time, and prints the hash of each file. */
async function main([folder = '']: string[]): Promise<void> {
  const duckdb = await DuckDb.open({ temporaryFolder: `${folder}/temporary` });
  const session = await duckdb.connect();
  try {
    for (const file of await writePartitions(session, everyType, QUERY, `${folder}/files`)) {
      const hash = createHash('sha256').update(await readFile(file.path));
      console.log(file.partitionFolder, hash.digest('hex'));
    }
  } finally {
    session.close();
    duckdb.close();
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
