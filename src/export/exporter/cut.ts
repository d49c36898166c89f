import type { Position } from '../../event-store/position';

/** A run of the log that is exported as one: the events after a position, through another. */
export interface RangeCut {
  kind: 'range';
  /** 1, 2, 3 ... without a gap */
  number: number;
  /** '' before the first event */
  after: Position;
  through: Position;
  /** when the store wrote the event at `through`, Unix milliseconds */
  throughRecordedAt: number;
}

/** Events that a dataset had refused, and that fit it now. */
export interface RedriveCut {
  kind: 'redrive';
  number: number;
  dataset: string;
  /** where each event stands: its stream and revision, in the order of the log */
  events: { stream: string; revision: number }[];
  /** as far as the log was exported before; a redrive does not move it */
  through: Position;
  throughRecordedAt: number;
}

/**
 * What is exported as one, decided once: recorded in the lake before any row of it is written, so that whoever exports it, and
 * however often, writes the same.
 */
export type Cut = RangeCut | RedriveCut;

/** As it stands in names, so that names sort like numbers. */
export const cutName = (number: number): string => String(number).padStart(12, '0');
