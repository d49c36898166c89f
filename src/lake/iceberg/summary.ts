import type { ManifestEntry } from './manifest';
import type { TableMetadata } from './metadata';
import { totalOf } from './updates';

interface Tally {
  files: number;
  records: number;
  /** of the files */
  bytes: number;
}

/** The standard counters of a snapshot that adds and deletes these files. */
export function summaryOf(
  base: TableMetadata,
  operation: 'append' | 'replace',
  added: readonly ManifestEntry[],
  deleted: readonly ManifestEntry[] = [],
): Record<string, string> {
  const partitions = new Set(
    [...added, ...deleted].map(({ data_file }) => formatPartition(data_file.partition)),
  );
  return counters(base, operation, tally(added), tally(deleted), partitions.size);
}

/** The standard counters of a snapshot that deletes everything. */
export function summaryOfEmpty(base: TableMetadata): Record<string, string> {
  const all = {
    files: totalOf(base, 'total-data-files'),
    records: totalOf(base, 'total-records'),
    bytes: totalOf(base, 'total-files-size'),
  };
  return counters(base, 'delete', { files: 0, records: 0, bytes: 0 }, all, 0);
}

function counters(
  base: TableMetadata,
  operation: string,
  plus: Tally,
  minus: Tally,
  partitions: number,
): Record<string, string> {
  const changes = {
    'added-data-files': plus.files,
    'added-records': plus.records,
    'added-files-size': plus.bytes,
    'deleted-data-files': minus.files,
    'deleted-records': minus.records,
    'removed-files-size': minus.bytes,
    'changed-partition-count': partitions,
  };
  const totals = {
    'total-records': totalOf(base, 'total-records') + plus.records - minus.records,
    'total-files-size': totalOf(base, 'total-files-size') + plus.bytes - minus.bytes,
    'total-data-files': totalOf(base, 'total-data-files') + plus.files - minus.files,
    'total-delete-files': 0,
    'total-position-deletes': 0,
    'total-equality-deletes': 0,
  };
  const shown = [...Object.entries(changes).filter(([, count]) => count > 0), ...Object.entries(totals)];
  return { operation, ...Object.fromEntries(shown.map(([name, count]) => [name, String(count)])) };
}

const formatPartition = (partition: object): string => JSON.stringify(Object.values(partition));

function tally(entries: readonly ManifestEntry[]): Tally {
  let [records, bytes] = [0, 0];
  for (const { data_file } of entries) {
    records += data_file.record_count;
    bytes += data_file.file_size_in_bytes;
  }
  return { files: entries.length, records, bytes };
}
