import { formatDecimal, parseDecimal } from '../../domain/decimal';
import type { Columns } from '../columns/columns';
import { timestampReader } from '../values/iso-times';

/**
 * How the texts of a file are read. A file has one notation of times and one of numbers, which its rows
 * prove: a reading may change while the file is read.
 */
export interface Readings {
  /** Looks at the time and the number cells of a row, before the row is read. */
  observe(row: number, time: string, cells: readonly string[]): void;
  /** Unix milliseconds; undefined where the text is no time. */
  time(text: string): number | undefined;
  /** A plain decimal in its shortest notation; undefined where the text is no number. */
  decimal(text: string): string | undefined;
  /** Grows when `time` or `decimal` begin to read otherwise: rows that were read before are read again. */
  version(): number;
  /**
   * The file is at its end: from now on its texts have one reading.
   * @returns the notations, in words for people
   * @throws InputError where several readings are left that differ
   */
  decide(): ReadingNames;
}

export interface ReadingNames {
  times: string;
  numbers: string;
}

const ANY_SCALE = 30;

/** @param timeZone of times that name none */
export function createReadings(_columns: Columns, timeZone: string): Readings {
  return {
    observe() {},
    time: timestampReader(timeZone),
    decimal(text) {
      const decimal = parseDecimal(text, ANY_SCALE);
      return decimal === undefined ? undefined : formatDecimal(decimal);
    },
    version: () => 0,
    decide: () => ({ times: 'ISO 8601', numbers: 'plain decimals' }),
  };
}
