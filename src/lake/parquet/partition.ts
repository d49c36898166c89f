import { DAY_MS, isoDay, isoMonth } from '../../domain/calendar';
import type { Row, Value } from '../columns/table-definition';
import type { Dataset } from '../datasets/dataset';

/** Whole months since 1970-01 of a day (days since 1970-01-01). */
export function monthOf(day: number): number {
  const date = new Date(day * DAY_MS);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/** Makes the function that gives the partition of a row: a value for each field of `partitionBy`. */
export function partitionValues({ partitionBy }: Dataset): (row: Row) => Value[] {
  return (row) =>
    partitionBy.map(({ column, transform }) => {
      const value = row[column] as Value;
      return transform === 'month' ? monthOf(value as number) : value;
    });
}

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
      return `${column}=${isDate ? isoDay(value as number) : encodeURIComponent(String(value))}`;
    })
    .join('/');
}

/** The key of a data file in a lake. @param folder see `partitionFolder` */
export const dataFileKey = ({ name }: Dataset, folder: string, file: string): string =>
  [name, 'data', folder, file].filter((part) => part !== '').join('/');
