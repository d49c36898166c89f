import { Readable } from 'node:stream';
import { CsvError, type Options, Parser } from 'csv-parse';
import { InputError } from '../input-error';

/** A record of the file. Its row is numbered as a spreadsheet does, with the header as row 1. */
export interface CsvRow {
  row: number;
  cells: string[];
}

const BATCH_ROWS = 1_000;
/** Far above any real row. A quote that is never closed runs into it. */
const MAX_ROW_BYTES = 1024 * 1024;

/**
 * Reads the rows of a CSV text (RFC 4180, any line ends) in batches. Empty lines are skipped but counted.
 * Takes the memory of a few batches.
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
 * A stream of batches of rows. A stream of single rows costs more than parsing them, above all of empty ones.
 */
class RowParser extends Parser {
  /** rows that were parsed, empty ones included */
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
    // Makes each row the first one for the parser. For a row with another number of cells than the
    // first, it makes an error with a stack and drops it, which takes longer than anything else.
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
