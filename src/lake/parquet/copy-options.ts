import type { Dataset } from '../datasets/dataset';
import { fieldIds } from './duckdb-schema';

/** Most rows of a row group: DuckDB's default, 60 vectors. */
const ROW_GROUP_ROWS = 122_880;

/**
 * Columns of more values than this have no dictionary. DuckDB's default is six times as many: it then looks
 * up every id and JSON, and the files of a cut are a twentieth larger.
 */
const DICTIONARY_VALUES = 1_000;

/** How COPY writes a dataset's files. Level 1 is a quarter quicker than 3, and its files are no larger. */
export const copyOptions = (dataset: Dataset): string =>
  `FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, ` +
  `DICTIONARY_SIZE_LIMIT ${DICTIONARY_VALUES}, ` +
  `FIELD_IDS ${fieldIds(dataset)}, RETURN_STATS true`;
