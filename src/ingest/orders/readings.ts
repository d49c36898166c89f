import type { Columns } from '../columns/columns';
import { type Field, numberFields, timeFields } from '../columns/fields';
import { InputError } from '../input-error';
import { decimalReading } from '../values/decimal-reading';
import type { Convention } from '../values/number-notation';
import { DATE_FORMAT_FORMS, timeFormat } from '../values/time-formats';
import { timeReading } from '../values/time-reading';

/**
 * How the texts of a file are read. A file has one notation of times and one of numbers, which its rows
 * prove: a reading may change while the file is read.
 */
export interface Readings {
  /** Looks at the time and the number cells of a row, before the row is read. */
  observe(row: number, time: string, cells: readonly string[]): void;
  /** Unix milliseconds; undefined where the text is no time. @param field default `ordered_at` */
  time(text: string, field?: Field): number | undefined;
  /** Why a text is no time, to stand behind the name of the field. */
  timeProblem(text: string, field?: Field): string;
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

/** How files of one kind write times and numbers, where their rows do not say otherwise. */
export interface UsualNotation {
  /** as `timeFormat` takes them */
  dateFormats?: readonly string[];
  decimal?: Convention;
}

/** Times of an order's later steps. Its own may stand in two columns, and comes to `observe` as one text. */
const LATER_TIMES = timeFields.filter((field) => field.endsWith('_at') && field !== 'ordered_at');
const QUANTITIES: ReadonlySet<Field> = new Set<Field>(['quantity', 'returned_quantity']);
const RATES: ReadonlySet<Field> = new Set<Field>(['discount_rate', 'exchange_rate']);

/**
 * @param timeZone of times that name none
 * @throws InputError for a date format that is none
 */
export function createReadings(
  columns: Columns,
  timeZone: string,
  { dateFormat = 'auto', decimal }: ReadingOptions = {},
  layout?: UsualNotation,
): Readings {
  const times = timeReading({
    format: dateFormat === 'auto' ? undefined : formatOf('--date-format', dateFormat),
    expected: (layout?.dateFormats ?? []).map((name) => formatOf('date_format', name)),
    timeZone,
  });
  const numbers = decimalReading({ convention: decimal, expected: layout?.decimal });
  const takeTime = times.column('ordered_at');
  const takersOf = (fields: readonly Field[], reading: Pick<typeof times, 'column'>) =>
    fields.flatMap((field) =>
      columns.indexes(field).map((index) => ({ index, take: reading.column(field) })),
    );
  const takers = [...takersOf(numberFields, numbers), ...takersOf(LATER_TIMES, times)];

  let timeDecision = times.decide();
  let numberDecision = numbers.decide();
  let time = timeDecision.column('ordered_at');
  let reader = numberDecision.reader;
  let key = timeDecision.key;
  let version = 0;
  let evidence = 0;
  const readBy = (): void => {
    timeDecision = times.decide();
    numberDecision = numbers.decide();
    const found = timeDecision.column('ordered_at');
    if (timeDecision.key !== key || found.read !== time.read || numberDecision.reader !== reader) version++;
    time = found;
    key = timeDecision.key;
    reader = numberDecision.reader;
  };

  const columnOf = (field: Field | undefined) => (field === undefined ? time : timeDecision.column(field));

  return {
    observe(row, text, cells) {
      takeTime(text, row);
      for (const { index, take } of takers) take((cells[index] ?? '').trim(), row);
      const found = times.evidence() + numbers.evidence();
      if (found === evidence) return;
      evidence = found;
      readBy();
    },
    time: (text, field) => columnOf(field).read(text),
    timeProblem: (text, field) => columnOf(field).problem(text),
    decimal(field, text, currency) {
      if (RATES.has(field)) return reader.rate(text);
      return QUANTITIES.has(field) ? reader.quantity(text) : reader.amount(text, currency);
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
