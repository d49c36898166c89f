import { CsvError, parse } from 'csv-parse/sync';
import type { Holiday } from '../warehouse/model/date.dimension';
import type { ConfigReader } from './config-reader';

/** The year of a day that is given without one: 29 February must be allowed. */
const LEAP_YEAR = '2000';

/**
 * Reads the file of HOLIDAYS_PATH: CSV with lines such as `2026-04-03,Good Friday` and `12-25,"Christmas,
 * first day"`.
 */
export function readHolidays({ value, file, report }: ConfigReader): Holiday[] {
  const path = value('HOLIDAYS_PATH');
  const text = file('HOLIDAYS_PATH');
  if (text === undefined) return [];
  try {
    return readRows(text).flatMap(({ cells: [day = '', name = '', ...more], line }) => {
      if (name !== '' && more.length === 0 && isDay(day)) return [{ day, name }];
      const hint = more.length > 0 ? '; a name with a comma stands in quotes' : '';
      report(`HOLIDAYS_PATH=${path}, line ${line}: give 2026-04-03,Name or 12-25,Name${hint}`);
      return [];
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    report(`HOLIDAYS_PATH=${path}, line ${String(error.lines)}: ${error.message}`);
    return [];
  }
}

/** @throws CsvError where quotes are broken */
function readRows(text: string): { cells: string[]; line: number }[] {
  const rows = parse(text, {
    bom: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    trim: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
  }) as unknown as { record: string[]; info: { lines: number } }[];
  return rows.map(({ record, info }) => ({ cells: record, line: info.lines }));
}

function isDay(text: string): boolean {
  if (!/^(\d{4}-)?\d{2}-\d{2}$/.test(text)) return false;
  const day = text.length === 5 ? `${LEAP_YEAR}-${text}` : text;
  const instant = Date.parse(day);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(day);
}
