import type { DayOrder, ReadTime, TimeFormat } from './date-pattern';
import { inRow } from './example';
import { rememberLast } from './iso-times';
import type { Family } from './time-formats';
import { familiesWith } from './time-formats';
import { type Candidate, type FamilyOutcome, type FamilyTally, tallyFamily } from './time-tally';
import { wallTimeIn, type Zone, zoneReader } from './zones';

export interface TimeReadingOptions {
  /** `timeFormat` of what the user asked for; undefined is `auto` */
  format?: TimeFormat;
  /** what files of this kind have: it counts where the rows of the file do not say otherwise */
  expected?: readonly TimeFormat[];
  /** IANA name: the zone of times that name none; default UTC */
  timeZone?: string;
  /** Unix milliseconds */
  now?: number;
}

/** Finds how a file writes its times, while its cells pass. */
export interface TimeReading {
  /**
   * @param name of the field, as messages name it
   * @returns what takes each cell of it: rows as in a spreadsheet, where the header is 1
   */
  column(name: string): (text: string, row: number) => void;
  /** What the cells so far say. It may be asked again after more of them. */
  decide(): TimeDecision;
  /** Grows with each cell that may change the decision, but for the majority of cells. */
  evidence(): number;
}

export interface TimeDecision {
  /** The same for two decisions that read every cell alike. */
  key: string;
  columns: TimeColumn[];
  /** Why the file cannot be read: which readings are left, and the option that decides. */
  refusal: string | undefined;
  column(name: string): TimeColumn;
}

/** How one column is read. */
export interface TimeColumn {
  name: string;
  /** as `--date-format` takes it */
  format: string;
  /** What the report says: the format, how two-digit years are read, and an example. */
  note: string;
  /** Unix milliseconds, undefined for what is not of the format */
  read: ReadTime;
  /** Why a cell cannot be read, to stand behind the name of its field. */
  problem(text: string): string;
}

/** What a field must be that is not of the format. */
export const mustBeATime = (format: string): string =>
  format === ISO
    ? 'must be a date or time such as 2024-03-01 or 2024-03-01 09:30'
    : `must be a time of the format ${format}`;

const ISO = 'YYYY-MM-DD';

/**
 * Reads the times of one file: by the format asked for, or by the one that fits every cell of a column. The
 * order of day and month that one column proves holds for the others, too.
 */
export function timeReading(options: TimeReadingOptions): TimeReading {
  const { format, expected = [], timeZone = 'UTC', now = Date.now() } = options;
  const zoneOf = zoneReader(timeZone);
  const toUtc = wallTimeIn(timeZone);
  const wanted = format === undefined ? familiesWith(expected) : [{ formats: [format], firstIsUsual: true }];
  const columns = new Map<string, ColumnTally>();
  let evidence = 0;
  const onEvidence = () => {
    evidence++;
  };
  const columnOf = (name: string): ColumnTally => {
    let column = columns.get(name);
    if (column === undefined) {
      column = tallyColumn(name, wanted, zoneOf, toUtc, now, onEvidence);
      columns.set(name, column);
    }
    return column;
  };
  return {
    column: (name) => columnOf(name).take,
    evidence: () => evidence,
    decide() {
      const outcomes = [...columns.values()].map((column) => ({ column, outcome: column.best().outcome() }));
      const order = provenOrder(outcomes.map(({ outcome }) => outcome));
      const settled = outcomes.map(({ column, outcome }) => ({
        column,
        outcome: settle(outcome, order, expected),
      }));
      const found = settled.map(({ column, outcome }) => timeColumn(column.name, outcome, zoneOf, timeZone));
      const refusals = settled.flatMap(({ outcome }) => refusalOf(outcome, timeZone) ?? []);
      return {
        key: found.map(({ name, format }) => `${name} ${format}`).join('\n'),
        columns: found,
        refusal: refusals[0],
        column(name) {
          const known = found.find((column) => column.name === name);
          return known ?? timeColumn(name, columnOf(name).best().outcome(), zoneOf, timeZone);
        },
      };
    },
  };
}

interface ColumnTally {
  name: string;
  take(text: string, row: number): void;
  /** the family that most cells fit; the first where there are none */
  best(): FamilyTally;
}

function tallyColumn(
  name: string,
  wanted: readonly Family[],
  zoneOf: (zone: string) => Zone,
  toUtc: (wallMs: number) => number,
  now: number,
  onEvidence: () => void,
): ColumnTally {
  const tallies = wanted.map((family) => {
    const candidates = family.formats.map((format) => ({
      format,
      read: rememberLast(format.reader(zoneOf, toUtc)),
    }));
    return tallyFamily(family, candidates, name, now, onEvidence);
  });
  // Most cells are of the family of the cell before.
  let current = tallies[0] as FamilyTally;
  return {
    name,
    take(text, row) {
      if (text === '' || current.take(text, row)) return;
      current = tallies.find((tally) => tally !== current && tally.take(text, row)) ?? current;
    },
    best: () => tallies.reduce((best, tally) => (tally.cells > best.cells ? tally : best)),
  };
}

/** The order of day and month that some column proves, unless another one proves another. */
function provenOrder(outcomes: readonly FamilyOutcome[]): DayOrder | undefined {
  const orders = outcomes.flatMap((outcome) =>
    outcome.is === 'one' && !outcome.usual ? (outcome.candidate.format.order ?? []) : [],
  );
  return new Set(orders).size === 1 ? orders[0] : undefined;
}

/** Where several readings are left: what another column proves, then what such files usually have. */
function settle(
  outcome: FamilyOutcome,
  proven: DayOrder | undefined,
  expected: readonly TimeFormat[],
): FamilyOutcome {
  if (outcome.is !== 'several') return outcome;
  const orders = [proven, ...expected.map(({ order }) => order)];
  for (const order of orders.filter((each) => each !== undefined)) {
    const candidate = outcome.candidates.find(({ format }) => format.order === order);
    if (candidate !== undefined) return { is: 'one', candidate, usual: false, example: outcome.example };
  }
  return outcome;
}

const candidateOf = (outcome: FamilyOutcome): Candidate =>
  (outcome.is === 'one' ? outcome.candidate : outcome.candidates[0]) as Candidate;

function timeColumn(
  name: string,
  outcome: FamilyOutcome,
  zoneOf: (zone: string) => Zone,
  timeZone: string,
): TimeColumn {
  const { format, read } = candidateOf(outcome);
  return {
    name,
    format: format.name,
    note: noteOf(outcome, timeZone),
    read,
    problem: (text) => `${zoneProblem(text, zoneOf) ?? ''}${mustBeATime(format.name)}`,
  };
}

/** Why the last word of a cell is no zone; undefined where it is no word, or a zone. */
function zoneProblem(text: string, zoneOf: (zone: string) => Zone): string | undefined {
  const name = /\d[ ]?(?:[ap]\.?m\.? ?)?[([]?([A-Za-z][A-Za-z/_]{1,40})[)\]]?$/i.exec(text)?.[1];
  if (name === undefined) return undefined;
  const zone = zoneOf(name);
  return 'problem' in zone ? `has a zone that cannot be read (${zone.problem}): ` : undefined;
}

function refusalOf(outcome: FamilyOutcome, timeZone: string): string | undefined {
  if (outcome.is === 'one') return undefined;
  const wall = (ms: number | undefined) => (ms === undefined ? '' : wallText(ms, timeZone));
  const options = outcome.candidates.map(({ format }) => `--date-format ${format.name}`).join(' or ');
  if (outcome.is === 'several') {
    const { column, text } = outcome.example;
    const readings = outcome.candidates.map(({ format, read }) => `${wall(read(text))} as ${format.name}`);
    return (
      `${column} ${inRow(outcome.example)} is ${readings.join(', or ')}, ` +
      `and no row of the file decides. Say which it is: ${options}.`
    );
  }
  const [one, other] = outcome.cells.map(
    (example, i) => `${inRow(example)} is only ${outcome.candidates[i]?.format.name}`,
  );
  return (
    `No one format fits every ${outcome.cells[0].column}: ${one}, ${other}. ` +
    `Say which it is, and rows that do not fit are refused: ${options}.`
  );
}

function wallText(unixMs: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return format.format(unixMs).replace(/ 00:00:00$/, '');
}

function noteOf(outcome: FamilyOutcome, timeZone: string): string {
  const { format, read } = candidateOf(outcome);
  const years = format.twoDigitYear ? ', years as 20YY' : '';
  const example = outcome.is === 'one' ? outcome.example : undefined;
  const time = example && read(example.text);
  if (format.name === ISO || example === undefined || time === undefined) return `${format.name}${years}`;
  return `${format.name}${years}: ${inRow(example)} is ${wallText(time, timeZone)}`;
}
