import { rename } from 'node:fs/promises';
import { openDatabase } from '../../../src/warehouse/duckdb/open';
import { warehouseFile } from '../../../src/warehouse/duckdb/published';
import { Duck } from './duckdb';
import type { LakeWarehouse } from './lake-warehouse';

/** What verification must report for a missing row. */
export interface Damage {
  dataset: string;
  day: string;
  firstPosition: string;
}

/** Removes the middle row from a file of a dataset in the lake. */
export async function dropFromLake({ files }: LakeWarehouse, dataset: string, day: string): Promise<Damage> {
  for await (const file of files.files(dataset)) {
    const path = await file.localPath();
    const duck = await Duck.open();
    try {
      const rows = `(SELECT row_number() OVER () AS row, *
                       FROM read_parquet('${path}', hive_partitioning = false))`;
      const [gone] = await duck.rows(
        `SELECT row, ${day}, position FROM ${rows}
          ORDER BY position LIMIT 1 OFFSET ${Math.floor(file.rows / 2)}`,
      );
      const [row, of, firstPosition] = gone as [string, string, string];
      await duck.run(
        `COPY (SELECT * EXCLUDE row FROM ${rows} WHERE row <> ${row}) TO '${path}.damaged' (FORMAT parquet)`,
      );
      await rename(`${path}.damaged`, path);
      return { dataset, day: of, firstPosition };
    } finally {
      duck.close();
    }
  }
  throw new Error(`The lake has no file of ${dataset}`);
}

/** Removes the last row from the staging table of a dataset. */
export async function dropFromWarehouse(
  { warehouse }: LakeWarehouse,
  dataset: string,
  day: string,
): Promise<Damage> {
  const { connection, close } = await openDatabase(warehouseFile(warehouse), 'READ_WRITE', warehouse);
  try {
    const reader = await connection.runAndReadAll(
      `DELETE FROM stg_${dataset} WHERE position = (SELECT max(position) FROM stg_${dataset})
       RETURNING CAST(${day} AS VARCHAR) AS day, position`,
    );
    const [gone] = reader.getRowObjectsJson() as { day: string; position: string }[];
    if (!gone) throw new Error(`The warehouse has no row of ${dataset}`);
    return { dataset, day: gone.day, firstPosition: gone.position };
  } finally {
    close();
  }
}
