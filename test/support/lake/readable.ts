import type { Catalog } from '../../../src/lake/iceberg/committer';
import { liveFiles } from '../../../src/lake/tables/live-files';
import { listSnapshots } from '../../../src/lake/tables/snapshots';
import type { Readers } from '../readers/readers';

/** The rows and files of a table: what its metadata says, and what other readers find. */
export interface Reading {
  says: { rows: number; files: string[] };
  /** rows that DuckDB reads */
  duckdb: number;
  /** rows and files of pyiceberg's plan */
  pyiceberg: { rows: number; files: string[] };
}

/**
 * Reads a table that has rows. All parts of the result agree when the files of the table are all there, each
 * is named once, and readers read no other.
 */
export async function readTable(catalog: Catalog, readers: Readers, name: string): Promise<Reading> {
  const table = await catalog.committer.load(name);
  const metadata = table!.metadataLocation;
  const live = [];
  for await (const file of liveFiles(catalog, name)) live.push(file);
  const [counted] = await readers.sql(`SELECT count(*) AS n FROM iceberg_scan('${metadata}')`);
  const files = await readers.inspect({ metadata }, 'files');
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
  return {
    says: {
      rows: sum(live.map(({ recordCount }) => recordCount)),
      files: live.map(({ path }) => `${catalog.store.root}/${path}`).sort(),
    },
    duckdb: Number(counted?.n),
    pyiceberg: {
      rows: sum(files.map(({ record_count }) => Number(record_count))),
      files: files.map(({ file_path }) => String(file_path)).sort(),
    },
  };
}

/** How the data files in a table's folder differ from those that its snapshots refer to. By key. */
export interface FileCensus {
  /** absent, or of another size than the snapshot says */
  missing: string[];
  unused: string[];
}

export async function fileCensus(catalog: Catalog, name: string): Promise<FileCensus> {
  const there = new Map<string, number>();
  for await (const { key, size } of catalog.store.list(`${name}/data/`)) there.set(key, size);
  const needed = new Map<string, number>();
  for (const { id } of await listSnapshots(catalog, name)) {
    for await (const { path, fileSize } of liveFiles(catalog, name, id)) needed.set(path, fileSize);
  }
  return {
    missing: [...needed].filter(([key, size]) => there.get(key) !== size).map(([key]) => key),
    unused: [...there.keys()].filter((key) => !needed.has(key)),
  };
}
