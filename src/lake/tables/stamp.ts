import { randomUUID } from 'node:crypto';
import type { Cut } from '../cuts/cut';
import type { LoadedTable } from '../iceberg/committer';
import type { Properties, Snapshot, TableMetadata } from '../iceberg/metadata';

/** Number of the cut behind which Spark began, and how far it has each partition; of its snapshots. */
const SPARK_TERM = 'tidemark.spark.term';
const SPARK_MARKS = 'tidemark.spark.marks';
/** Identity of the event store whose log the table has. */
const STORE = 'tidemark.store';
/** Number of the last cut that the table has. */
const CUT = 'tidemark.cut';
/** Positions of the log that the last cut lies between; properties of snapshots. */
const FROM = 'tidemark.from-position';
const THROUGH = 'tidemark.through-position';
/**
 * `<cut>:<random>`, after a rollback and in a table that was made after the first cuts: the later cuts are to
 * be exported again. Each rollback has a value of its own, so an exporter notices another rollback meanwhile.
 */
export const RESUME_AFTER = 'tidemark.resume-after';

/** What a snapshot without other rows takes over from the one before it. */
const CARRIED = [CUT, THROUGH, STORE, SPARK_TERM, SPARK_MARKS];

/** What a commit says of the cut whose rows it adds. */
export interface CutStamp {
  /** number of the cut */
  number: number;
  /** position that the rows lie behind */
  from: string;
  /** position of the last row */
  through: string;
  /** identity of the event store */
  store: string;
}

/** The stamp of a cut. @param store identity of the event store */
export function stampOf(cut: Cut, store: string): CutStamp {
  const from = cut.kind === 'redrive' ? cut.through : cut.after;
  const through = cut.kind === 'backfill' ? cut.until : cut.through;
  return { number: cut.number, from, through, store };
}

/** A stamp in the summary of a snapshot. */
export const summaryOf = ({ number, from, through, store }: CutStamp): Properties => ({
  [CUT]: String(number),
  [FROM]: from,
  [THROUGH]: through,
  [STORE]: store,
});

/** Properties of a table that is at a cut. */
export const atCut = (number: number): Properties => ({ [CUT]: String(number) });

/** Properties of a table of an event store. */
export const ofStore = (storeIdentity: string): Properties => ({ [STORE]: storeIdentity });

/** Properties of a table whose cuts behind this one are to be exported again. @param cut 0: all of them */
export const resumingAfter = (cut: number): Properties => ({ [RESUME_AFTER]: `${cut}:${randomUUID()}` });

/** The event store that a table belongs to. */
export const storeOf = ({ properties }: TableMetadata): string | undefined => properties[STORE];

/** Number of the last cut that a table has; undefined before its first. */
export function cutOf({ properties }: TableMetadata): number | undefined {
  const cut = properties[CUT];
  return cut === undefined ? undefined : Number(cut);
}

/** The cut that a table was rolled back to, while later cuts are to be exported again; else undefined. */
export function rolledBackTo({ properties }: TableMetadata): number | undefined {
  const value = properties[RESUME_AFTER];
  return value === undefined ? undefined : Number.parseInt(value, 10);
}

/** The cut of a snapshot; nothing where the summary does not name one. */
export interface CutOfSnapshot {
  /** last cut that the snapshot has */
  cut?: number;
  /** position of the log that the cut ends at */
  throughPosition?: string;
}

/** @param summary undefined: the snapshot has expired */
export const cutOfSummary = (summary: Properties | undefined): CutOfSnapshot =>
  summary?.[CUT] === undefined ? {} : { cut: Number(summary[CUT]), throughPosition: summary[THROUGH] };

/**
 * A snapshot with the same rows as the one before it has the same cut, or the marks of Spark.
 * @param history newest first
 */
export function carriedStamp(history: readonly Snapshot[]): Properties {
  const stamped = history.find(({ summary }) => CUT in summary || SPARK_TERM in summary);
  return Object.fromEntries(
    Object.entries(stamped?.summary ?? {}).filter(([name]) => CARRIED.includes(name)),
  );
}

/** Tells whether a data file is of a cut that its table does not have yet. @param key of the file */
export function isOfLaterCut(key: string, { metadata }: LoadedTable): boolean {
  const cut = /\/(\d+)(-[0-9a-f]{16})?\.parquet$/.exec(key)?.[1];
  return cut !== undefined && Number(cut) > (cutOf(metadata) ?? -1);
}
