import { CsvParser, type CsvParserOptions, type CsvRow } from './csv-parser';

export type { CsvRow } from './csv-parser';

const BATCH_ROWS = 1_000;
/** A text is parsed in pieces of at most so many characters, each of which makes a few batches. */
const PIECE = 256 * 1024;

/**
 * Reads the rows of a text in batches, with the memory of a few of them.
 * @throws InputError (while iterating), as the parser does
 */
export async function* readRows(
  chunks: AsyncIterable<string>,
  parser: CsvParser | CsvParserOptions,
): AsyncGenerator<CsvRow[]> {
  const reader = parser instanceof CsvParser ? parser : new CsvParser(parser);
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += PIECE)
      yield* inBatches(reader.push(chunk.slice(at, at + PIECE)));
  yield* inBatches(reader.push('', true));
}

function* inBatches(rows: CsvRow[]): Generator<CsvRow[]> {
  if (rows.length <= BATCH_ROWS) {
    if (rows.length > 0) yield rows;
    return;
  }
  for (let at = 0; at < rows.length; at += BATCH_ROWS) yield rows.slice(at, at + BATCH_ROWS);
}
