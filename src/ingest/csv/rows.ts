import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
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
 * The rows of a CSV text (RFC 4180, any line ends) in batches. Empty lines are passed over but counted. Memory is that of one batch.
 * @throws InputError (while iterating) where quotes are broken or a row is larger than 1 MiB, with the row and the line
 */
export async function* readRows(
  chunks: AsyncIterable<Buffer>,
  options: { delimiter?: string } = {},
): AsyncGenerator<CsvRow[]> {
  const parser = parse({
    delimiter: options.delimiter ?? ',',
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    max_record_size: MAX_ROW_BYTES,
  });
  const source = Readable.from(chunks);
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let row = 0;
  let batch: CsvRow[] = [];
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      row++;
      if (cells.length === 1 && cells[0] === '') continue;
      batch.push({ row, cells });
      if (batch.length < BATCH_ROWS) continue;
      yield batch;
      batch = [];
    }
  } catch (error) {
    throw error instanceof CsvError ? brokenRow(error, parser.info.records + 1) : error;
  } finally {
    source.destroy();
  }
  if (batch.length > 0) yield batch;
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
