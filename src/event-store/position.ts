/**
 * The place of an event in the log: opaque, zero-padded, compared as text. `a < b` says that a was committed
 * before b. Positions are the one clock of the system: checkpoints, cursors, consistency tokens and "as of"
 * stamps carry them.
 */
export type Position = string;

/** Before every event. Compares below every position. */
export const START: Position = '';
