/**
 * Where an event stands in the log. Opaque, zero-padded, compares as text: `a < b` is "a was committed before
 * b". It is the one clock of the system: checkpoints, cursors, consistency tokens and "as of" stamps all
 * carry it.
 */
export type Position = string;

/** Before every event. Compares below every position. */
export const START: Position = '';
