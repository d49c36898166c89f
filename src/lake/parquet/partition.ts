import { createHash } from 'node:crypto';
import { isoDay, isoMonth } from '../../domain/calendar';
import type { Value } from '../columns/table-definition';
import type { Dataset } from '../datasets/dataset';

/** File systems take 255 bytes; the name of the column comes before. */
const LONGEST_VALUE = 160;
const DIGEST_DIGITS = 16;

/**
 * The folder of a partition, named as Hive does: `event_type=OrderPlaced/event_date_month=2010-01`. Empty for
 * a dataset without partitions.
 */
export function partitionFolder({ partitionBy, columns }: Dataset, partition: readonly Value[]): string {
  return partitionBy
    .map(({ column, transform }, index) => {
      const value = partition[index] as Value;
      if (transform === 'month') return `${column}_month=${isoMonth(value as number)}`;
      const isDate = columns.find(({ name }) => name === column)?.type.kind === 'date';
      return `${column}=${isDate ? isoDay(value as number) : shortened(encodeURIComponent(String(value)))}`;
    })
    .join('/');
}

/** The key of a data file in a lake. @param folder see `partitionFolder` */
export const dataFileKey = ({ name }: Dataset, folder: string, file: string): string =>
  [name, 'data', folder, file].filter((part) => part !== '').join('/');

/** A folder's name need not tell the whole value: readers have it from the manifest, and from the file. */
function shortened(text: string): string {
  if (text.length <= LONGEST_VALUE) return text;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, DIGEST_DIGITS);
  return `${text.slice(0, LONGEST_VALUE - DIGEST_DIGITS - 1)}-${digest}`;
}
