import { Readable } from 'node:stream';
import { CsvError, type Options, Parser } from 'csv-parse';
import { InputError } from '../input-error';

/** A record of the file. Rows count from 1, which is the header: the numbers that a spreadsheet shows. */
export interface CsvRow {
  row: number;
  cells: string[];
}

const BATCH_ROWS = 1_000;
/** Far above any real row; what a quote that is never closed runs into. */
const MAX_ROW_BYTES = 1024 * 1024;

/**
 * The rows of a CSV text (RFC 4180, any line ends) in batches. Empty lines are passed over but counted.
 * Memory is that of a few batches.
 * @throws InputError (while iterating) where quotes are broken or a row is larger than 1 MiB, with the row
 *   and the line
 */
export async function* readRows(
  chunks: AsyncIterable<Buffer>,
  options: { delimiter?: string } = {},
): AsyncGenerator<CsvRow[]> {
  const parser = new RowParser(options.delimiter ?? ',');
  const source = Readable.from(chunks);
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    yield* parser as AsyncIterable<CsvRow[]>;
  } catch (error) {
    throw error instanceof CsvError ? brokenRow(error, parser.rows + 1) : error;
  } finally {
    source.destroy();
  }
}

/**
 * A stream of batches of rows: a stream of rows costs more than to parse them, above all where they are
 * empty.
 */
class RowParser extends Parser {
  /** that were parsed, empty ones too */
  rows = 0;
  private batch: CsvRow[] = [];

  constructor(delimiter: string) {
    super({
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      max_record_size: MAX_ROW_BYTES,
      readableHighWaterMark: 1,
    } as Options);
  }

  /** @param cells null at the end, as of every stream */
  override push(cells: string[] | null): boolean {
    if (cells === null) {
      this.pushBatch();
      return super.push(null);
    }
    // To the parser each row is the first one: of a row with more or fewer cells than that it makes an
    // error, with a stack, and throws it away, which takes longer than anything else.
    (this.info as { records: number }).records = 0;
    this.rows++;
    if (cells.length > 1 || cells[0] !== '') this.batch.push({ row: this.rows, cells });
    return this.batch.length < BATCH_ROWS || this.pushBatch();
  }

  private pushBatch(): boolean {
    const { batch } = this;
    this.batch = [];
    return batch.length === 0 || super.push(batch);
  }
}

function brokenRow(error: CsvError, row: number): InputError {
  const where = `Row ${row} (line ${String(error.lines)})`;
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return new InputError(`${where} is larger than ${MAX_ROW_BYTES} bytes; is a quote never closed?`);
  if (error.code === 'CSV_QUOTE_NOT_CLOSED')
    return new InputError(`A quote that opens in row ${row} is never closed`);
  return new InputError(
    `${where} has a broken quote: a field with quotes in it stands in quotes, and each one inside is doubled`,
  );
}
