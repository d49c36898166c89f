import type { Position } from '../../event-store/position';

/** An event that did not fit a dataset when the cut was decided. */
export interface Refusal {
  dataset: string;
  position: Position;
  reason: string;
}

interface Decided {
  /** 1, 2, 3 ... without a gap */
  number: number;
  /** position that the log is exported through with this cut; only a range moves it on */
  through: Position;
  /** when the store wrote the event at `through`, Unix milliseconds */
  throughRecordedAt: number;
}

/** A part of the log: the events behind one position, through another. */
export interface RangeCut extends Decided {
  kind: 'range';
  /** '' before the first event */
  after: Position;
  /** names of the datasets that get rows of its events */
  datasets: string[];
  /** in the order of the log; each is a bad row */
  refused: Refusal[];
  /** the cut has no events: another program writes the tables from here on, until they are adopted */
  handedOver?: true;
}

/** A part of the log for a dataset that did not exist when that part was exported. */
export interface BackfillCut extends Decided {
  kind: 'backfill';
  dataset: string;
  /** '' before the first event */
  after: Position;
  /** inclusive */
  until: Position;
  refused: Refusal[];
}

/** Events that a dataset has refused and that fit it now. */
export interface RedriveCut extends Decided {
  kind: 'redrive';
  dataset: string;
  /** stream and revision of each event, in the order of the log */
  events: { stream: string; revision: number }[];
}

/**
 * The unit of export. It is recorded in the lake before any row of it is written, with the events that are
 * left out. So every exporter of any version that exports it puts the same events into the same tables.
 */
export type Cut = RangeCut | BackfillCut | RedriveCut;

/** Whether the tables are another program's after a cut. */
export const isHandedOver = (cut: Cut | undefined): boolean =>
  cut?.kind === 'range' && cut.handedOver === true;

/** The number of a cut in names, with leading zeros so that names sort like numbers. */
export const cutName = (number: number): string => String(number).padStart(12, '0');
