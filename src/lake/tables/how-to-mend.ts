import { emptyAndExport, removeAndExport } from '../errors/mending';
import { TableError } from '../iceberg/errors';

const HOW = { refill: emptyAndExport, recreate: removeAndExport };

/** Runs what reads or writes a table; the error of a damaged one then says how the table is mended. */
export async function sayingHowToMend<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw withRemedy(error);
  }
}

/** An error with the way to mend the table, where it is damaged; else the error itself. */
export function withRemedy(error: unknown): unknown {
  if (!(error instanceof TableError) || error.remedy === undefined) return error;
  const { table, reason, remedy } = error;
  return new TableError(table, `${reason}. ${HOW[remedy](table)}`);
}
