/** A row of bench/RESULTS.md. */
export interface Row {
  bench: string;
  what: string;
  value: number;
  unit: string;
  /** microseconds for each; undefined where the page has none */
  cpuMicros: number | undefined;
}

const CPU_COLUMN = 'CPU µs';

/** The rows of bench/RESULTS.md. */
export function rowsOf(page: string): Row[] {
  const lines = page.split('\n').filter((line) => line.startsWith('| '));
  const cells = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const [header = [], , ...rows] = cells;
  const cpuAt = header.indexOf(CPU_COLUMN);
  return rows
    .filter(([, what]) => what !== 'not run')
    .map((row) => ({
      bench: row[0] ?? '',
      what: row[1] ?? '',
      value: numberOf(row[2]),
      unit: row[3] ?? '',
      cpuMicros: cpuAt < 0 || row[cpuAt] === '-' ? undefined : numberOf(row[cpuAt]),
    }));
}

const numberOf = (cell = ''): number => Number(cell.replaceAll(',', ''));

/**
 * The first row of a bench whose text matches.
 * @throws Error when there is none
 */
export function find(rows: readonly Row[], bench: string, what: RegExp): Row {
  const found = rows.find((row) => row.bench === bench && what.test(row.what));
  if (found === undefined || Number.isNaN(found.value))
    throw new Error(`bench/RESULTS.md has no number for ${bench}: ${what.source}`);
  return found;
}

/** A measured rate of appends. */
export interface Appends {
  /** callers, each of which waits for its answer */
  atOnce: number;
  perSecond: number;
}

/** Appends to the event store by so many callers. */
export const appendsAt = (rows: readonly Row[], atOnce: number): Appends => ({
  atOnce,
  perSecond: find(rows, 'append', new RegExp(`^tidemark, ${atOnce} at once$`)).value,
});

/** Appends by the most callers that were measured. */
export function mostAtOnce(rows: readonly Row[]): Appends {
  const callers = rows.flatMap(({ bench, what }) => {
    const found = /^tidemark, (\d+) at once$/.exec(what);
    return bench === 'append' && found ? [Number(found[1])] : [];
  });
  return appendsAt(rows, Math.max(...callers));
}
