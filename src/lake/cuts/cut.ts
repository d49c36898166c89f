import type { Position } from '../../event-store/position';

/** An event that a dataset could not type when the cut was decided. */
export interface Refusal {
  dataset: string;
  position: Position;
  reason: string;
}

interface Decided {
  /** 1, 2, 3 ... without a gap */
  number: number;
  /** as far as the log is exported with this cut; only a range moves it */
  through: Position;
  /** when the store wrote the event at `through`, Unix milliseconds */
  throughRecordedAt: number;
}

/** A run of the log that is exported as one: the events after a position, through another. */
export interface RangeCut extends Decided {
  kind: 'range';
  /** '' before the first event */
  after: Position;
  /** what its events were made rows of, by name */
  datasets: string[];
  /** in the order of the log; each is a bad row */
  refused: Refusal[];
}

/** A run of the log for a dataset that there was not when that run was exported. */
export interface BackfillCut extends Decided {
  kind: 'backfill';
  dataset: string;
  /** '' before the first event */
  after: Position;
  /** inclusive */
  until: Position;
  refused: Refusal[];
}

/** Events that a dataset had refused, and that fit it now. */
export interface RedriveCut extends Decided {
  kind: 'redrive';
  dataset: string;
  /** where each event stands: its stream and revision, in the order of the log */
  events: { stream: string; revision: number }[];
}

/**
 * What is exported as one, decided once: recorded in the lake before any row of it is written, with the
 * events that are left out, so that whoever exports it, however often and with whatever version of the
 * program, has the same events in the same tables.
 */
export type Cut = RangeCut | BackfillCut | RedriveCut;

/** As it stands in names, so that names sort like numbers. */
export const cutName = (number: number): string => String(number).padStart(12, '0');
