import type { Columns } from '../columns/columns';
import { type Field, numberFields } from '../columns/fields';
import { InputError } from '../input-error';
import { decimalReading } from '../values/decimal-reading';
import type { Convention } from '../values/number-notation';
import { DATE_FORMAT_FORMS, timeFormat } from '../values/time-formats';
import { timeReading } from '../values/time-reading';
import type { OrderLayout } from './order-layout';

/**
 * How the texts of a file are read. A file has one notation of times and one of numbers, which its rows
 * prove: a reading may change while the file is read.
 */
export interface Readings {
  /** Looks at the time and the number cells of a row, before the row is read. */
  observe(row: number, time: string, cells: readonly string[]): void;
  /** Unix milliseconds; undefined where the text is no time. */
  time(text: string): number | undefined;
  /** Why a text is no time, to stand behind the name of the field. */
  timeProblem(text: string): string;
  /**
   * A plain decimal in its shortest notation.
   * @param currency of the row; it is asked for where the number has a sign or code of one
   * @returns undefined where the text is no number for this field, or one in another currency
   */
  decimal(field: Field, text: string, currency: () => string): string | undefined;
  /** Why a text is no number, to stand behind the name of the field. */
  decimalProblem(text: string, currency: () => string): string;
  /** Grows when texts begin to be read otherwise: rows that were read before are read again. */
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

export interface ReadingOptions {
  /** as `timeFormat` takes it; undefined or `auto`: the one that fits every row */
  dateFormat?: string;
  /** what stands before the decimals; undefined: what the numbers of the file prove */
  decimal?: Convention;
}

const RATES: ReadonlySet<Field> = new Set<Field>(['discount_rate', 'exchange_rate']);

/**
 * @param timeZone of times that name none
 * @throws InputError for a date format that is none
 */
export function createReadings(
  columns: Columns,
  timeZone: string,
  { dateFormat = 'auto', decimal }: ReadingOptions = {},
  layout?: OrderLayout,
): Readings {
  const times = timeReading({
    format: dateFormat === 'auto' ? undefined : formatOf('--date-format', dateFormat),
    expected: (layout?.usualDateFormats ?? []).map((name) => formatOf('date_format', name)),
    timeZone,
  });
  const numbers = decimalReading({ convention: decimal, expected: layout?.usualDecimal });
  const takeTime = times.column('ordered_at');
  const takers = numberFields.flatMap((field) => {
    const take = numbers.column(field);
    return columns.indexes(field).map((index) => ({ index, take }));
  });

  let timeDecision = times.decide();
  let numberDecision = numbers.decide();
  let time = timeDecision.column('ordered_at');
  let reader = numberDecision.reader;
  let version = 0;
  let evidence = 0;
  const readBy = (): void => {
    timeDecision = times.decide();
    numberDecision = numbers.decide();
    const found = timeDecision.column('ordered_at');
    if (found.read !== time.read || numberDecision.reader !== reader) version++;
    time = found;
    reader = numberDecision.reader;
  };

  return {
    observe(row, text, cells) {
      takeTime(text, row);
      for (const { index, take } of takers) take((cells[index] ?? '').trim(), row);
      const found = times.evidence() + numbers.evidence();
      if (found === evidence) return;
      evidence = found;
      readBy();
    },
    time: (text) => time.read(text),
    timeProblem: (text) => time.problem(text),
    decimal(field, text, currency) {
      if (RATES.has(field)) return reader.rate(text);
      return field === 'quantity' ? reader.quantity(text) : reader.amount(text, currency);
    },
    decimalProblem: (text, currency) => reader.problem(text, currency()),
    version: () => version,
    decide() {
      readBy();
      const refusal = timeDecision.refusal ?? numberDecision.refusal;
      if (refusal !== undefined) throw new InputError(refusal);
      return { times: time.note, numbers: numberDecision.notes.join('; ') };
    },
  };
}

function formatOf(option: string, name: string) {
  const format = timeFormat(name);
  if (format === undefined)
    throw new InputError(`${option} ${JSON.stringify(name)} is no format. Give ${DATE_FORMAT_FORMS}.`);
  return format;
}
