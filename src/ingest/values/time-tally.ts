import type { ReadTime, TimeFormat } from './date-pattern';
import type { Example } from './example';
import type { Family } from './time-formats';

/** One way to read a cell. */
export interface Candidate {
  format: TimeFormat;
  read: ReadTime;
}

/** How far the cells of one column fit the formats of one family. */
export interface FamilyTally {
  /** how many cells fit one of the formats */
  cells: number;
  /** Takes a cell; false when it fits none. */
  take(text: string, row: number): boolean;
  outcome(): FamilyOutcome;
}

export type FamilyOutcome =
  | { is: 'one'; candidate: Candidate; usual: boolean; example: Example | undefined }
  | { is: 'several'; candidates: Candidate[]; example: Example }
  /** cells that no one format fits, each with the candidates that it does fit */
  | { is: 'none'; cells: [Example, Example]; candidates: [Candidate, Candidate] };

/**
 * @param now Unix milliseconds; a two-digit year beyond it counts against a format
 * @param onEvidence told of each cell that may change what the others mean
 */
export function tallyFamily(
  { formats, firstIsUsual }: Family,
  candidates: readonly Candidate[],
  column: string,
  now: number,
  onEvidence: () => void,
): FamilyTally {
  if (formats.length === 1) return tallyOne(candidates[0] as Candidate, column, onEvidence);
  return tallySeveral(candidates, firstIsUsual, column, now, onEvidence);
}

function tallyOne(candidate: Candidate, column: string, onEvidence: () => void): FamilyTally {
  let example: Example | undefined;
  const tally: FamilyTally = {
    cells: 0,
    take(text, row) {
      if (candidate.read(text) === undefined) return false;
      if (tally.cells++ === 0) {
        example = { column, row, text };
        onEvidence();
      }
      return true;
    },
    outcome: () => ({ is: 'one', candidate, usual: true, example }),
  };
  return tally;
}

function tallySeveral(
  candidates: readonly Candidate[],
  firstIsUsual: boolean,
  column: string,
  now: number,
  onEvidence: () => void,
): FamilyTally {
  let first: Example | undefined;
  /** by candidate: the first cell that another one reads, and it does not */
  const misfits: (Example | undefined)[] = candidates.map(() => undefined);
  /** by pair of candidates: the first cell of which they make two different times */
  const differing = new Map<string, Example>();
  let lastText: string | undefined;

  const look = (text: string, row: number): boolean => {
    const times = timesOf(candidates, text, now);
    if (times.every((time) => time === undefined)) return false;
    const example = { column, row, text };
    if (first === undefined) onEvidence();
    first ??= example;
    for (const [i, time] of times.entries()) {
      if (time === undefined && misfits[i] === undefined) {
        misfits[i] = example;
        onEvidence();
      }
      for (let j = 0; j < i; j++) {
        const key = `${j} ${i}`;
        if (time !== undefined && times[j] !== undefined && time !== times[j] && !differing.has(key))
          differing.set(key, example);
      }
    }
    return true;
  };

  const tally: FamilyTally = {
    cells: 0,
    take(text, row) {
      if (text !== lastText && !look(text, row)) return false;
      lastText = text;
      tally.cells++;
      return true;
    },
    outcome: () => {
      const fitting = [...candidates.keys()].filter((i) => misfits[i] === undefined);
      if (fitting.length === 0) return contradiction(candidates, misfits as Example[], now);
      const [best = 0] = fitting;
      const at = (i: number) => candidates[i] as Candidate;
      const proven = fitting.length === 1;
      const pairs = fitting.flatMap((i) => fitting.filter((j) => j < i).map((j) => `${j} ${i}`));
      const example = pairs.map((pair) => differing.get(pair)).find((found) => found !== undefined);
      if (proven || example === undefined || (firstIsUsual && best === 0))
        return { is: 'one', candidate: at(best), usual: !proven, example: first };
      return { is: 'several', candidates: fitting.map(at), example };
    },
  };
  return tally;
}

/** A reading in the future gives way to one that is not: `24/03/05` is hardly of 2005 or of 2031. */
function timesOf(candidates: readonly Candidate[], text: string, now: number): (number | undefined)[] {
  const times = candidates.map(({ read }) => read(text));
  const isPast = (time: number | undefined, i: number) =>
    time !== undefined && (time <= now || candidates[i]?.format.twoDigitYear === false);
  return times.some(isPast) ? times.map((time, i) => (isPast(time, i) ? time : undefined)) : times;
}

/** Two cells, each of which fits a format that the other does not fit. */
function contradiction(
  candidates: readonly Candidate[],
  misfits: readonly Example[],
  now: number,
): FamilyOutcome {
  const fitOf = (example: Example | undefined): number =>
    timesOf(candidates, example?.text ?? '', now).findIndex((time) => time !== undefined);
  const at = <T>(all: readonly T[], i: number) => all[i] as T;
  const other = fitOf(misfits[0]);
  const back = fitOf(misfits[other]);
  return {
    is: 'none',
    cells: [at(misfits, other), at(misfits, 0)],
    candidates: [at(candidates, back), at(candidates, other)],
  };
}
