import { datasets } from '../../lake/datasets/catalogue';
import type { Dataset } from '../../lake/datasets/dataset';
import type { Difference } from './difference';
import type { LogSource, LogTallies } from './log-tallies';
import type { TallySource } from './sources';
import { type LogRange, parsePart, sameTally, type Tallies } from './tally';

/** Digits of a position that one look adds: it divides a stretch into a thousand. */
const CHARACTERS_AT_ONCE = 3;

export interface Locating {
  log: LogSource;
  lake: TallySource;
  warehouse: TallySource;
  /** the range that is compared */
  range: LogRange;
  /** called before each look at a dataset */
  onLook(dataset: Dataset): void;
}

/** A difference, and the leading digits of its first position, as far as they are known. */
interface Open {
  difference: Difference;
  stretch: string;
}

/**
 * Fills in `firstPosition`. Each look asks lake and warehouse once a dataset, for the days that differ, and
 * divides the stretches found by the look before into a thousand. The log is read only where it differs from
 * the lake: all of it at the first look, then only those stretches. Mistakes that cancel each other out
 * within a day and stretch are not found.
 */
export async function findFirstPositions(
  { log, lake, warehouse, range, onLook }: Locating,
  differences: readonly Difference[],
): Promise<void> {
  const { through } = range;
  const zeros = /^0*/.exec(through)?.[0] ?? '';
  let open: Open[] = differences.map((difference) => ({ difference, stretch: zeros }));
  let ranges: LogTallies['stretches'] = new Map([[zeros, range]]);
  let stretchLength = zeros.length;
  while (open.length > 0 && stretchLength < through.length) {
    stretchLength = Math.min(stretchLength + CHARACTERS_AT_ONCE, through.length);
    const inLog = await tallyLog(log, open, ranges, stretchLength);
    ranges = inLog.stretches;
    const narrower: Open[] = [];
    for (const dataset of datasets) {
      const own = openOf(dataset, open);
      if (own.length === 0) continue;
      onLook(dataset);
      const selection = { ...range, days: daysOf(own), stretches: stretchesOf(own), stretchLength };
      const sides = [await lake.tally(dataset, selection), await warehouse.tally(dataset, selection)];
      const store = inLog.tallies.get(dataset);
      narrower.push(...narrow(own, store ? [store, ...sides] : sides));
    }
    open = narrower;
  }
  for (const { difference, stretch } of open) difference.firstPosition = stretch;
}

/** Reads the log for the datasets in which it differs from the lake. */
function tallyLog(
  log: LogSource,
  open: readonly Open[],
  ranges: LogTallies['stretches'],
  stretchLength: number,
): Promise<LogTallies> {
  const wanted = new Map<Dataset, ReadonlySet<string>>();
  const stretches = new Set<string>();
  for (const dataset of datasets) {
    const own = openOf(dataset, open);
    if (!own.some(({ difference }) => differsInLog(difference))) continue;
    wanted.set(dataset, daysOf(own));
    for (const stretch of stretchesOf(own)) stretches.add(stretch);
  }
  const read = [...stretches].sort().flatMap((stretch) => ranges.get(stretch) ?? ([] as LogRange[]));
  return log.tally(read, wanted, stretchLength);
}

/**
 * @param sides log (where it was read), lake and warehouse: each is compared with the one before
 * @returns each difference with the lowest narrower stretch in which the sides differ; differences without
 *   any are left out
 */
function narrow(open: readonly Open[], sides: readonly Tallies[]): Open[] {
  const lowest = new Map<Difference, string>();
  const byPart = new Map(open.map((one) => [`${one.difference.day} ${one.difference.currency}`, one]));
  for (const key of new Set(sides.flatMap((side) => [...side.keys()]))) {
    const { day, currency, stretch } = parsePart(key);
    const one = byPart.get(`${day} ${currency}`);
    if (!one || !stretch.startsWith(one.stretch)) continue;
    const known = lowest.get(one.difference);
    if (known !== undefined && known <= stretch) continue;
    const tallies = sides.map((side) => side.get(key));
    const equal = tallies.every((tally, index) => index === 0 || sameTally(tallies[index - 1], tally));
    if (!equal) lowest.set(one.difference, stretch);
  }
  return [...lowest].map(([difference, stretch]) => ({ difference, stretch }));
}

const openOf = ({ name }: Dataset, open: readonly Open[]): Open[] =>
  open.filter(({ difference }) => difference.dataset === name);

const daysOf = (open: readonly Open[]): Set<string> => new Set(open.map(({ difference }) => difference.day));

const stretchesOf = (open: readonly Open[]): Set<string> => new Set(open.map(({ stretch }) => stretch));

const differsInLog = ({ store, lake }: Difference): boolean =>
  store !== undefined && !sameTally(store ?? undefined, lake ?? undefined);
