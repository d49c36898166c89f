import type { ClientBase } from 'pg';
import type { EventType } from '../domain/events';
import type { RecordedEvent } from '../event-store/event';

/** A connection in the batch's transaction; its search_path is the generation's schema. */
export type ProjectionClient = Pick<ClientBase, 'query'>;

/**
 * The definition of a read model: tables, and the fold that keeps them. The rows must be a deterministic
 * function of the ordered events: no wall clock, no stored floats, nothing that depends on how the log is
 * divided into batches.
 */
export interface Projection<T extends EventType = EventType> {
  /** kebab-case, unique; its generations live in schemas `<name>_g1`, `<name>_g2` ... with underscores */
  name: string;
  /** Raise it whenever tables or fold change: the running generation is then rebuilt. */
  version: number;
  /** The fold gets events of these types and no others. Choose them with domain/event-roles.ts. */
  eventTypes: readonly T[];
  /** `per-key`: only the order within one stream matters. `global`: the total order of the log matters. */
  ordering: 'per-key' | 'global';
  /** Every table; their names are unique over all projections, because they are views in schema `read` */
  tables: readonly string[];
  /** CREATE TABLE statements, names without a schema */
  schemaSql: string;
  /**
   * ALTER TABLE statements for the keys that `schemaSql` leaves out, because a bulk build fills those tables
   * without them. Absent: none
   */
  keysSql?: string;
  /** CREATE INDEX statements; a rebuild runs them when it has caught up, before the switch */
  indexesSql: string;
  /** Makes the fold of one generation; it may read state of the tables into memory. */
  open(client: ProjectionClient): Promise<Fold<T>>;
  /** A quicker way of filling the tables, for a rebuild. Absent: the rebuild folds as it is done live */
  bulk?: BulkBuild<T>;
}

/**
 * How a rebuild fills empty tables that nobody reads yet: it appends rows, looks nothing up, and puts things
 * together at the end. The tables must then be those that `Projection.open` makes of the same events.
 *
 * Where events contradict each other, as two that place one order, this may be found at the end only: by a
 * data error of `finishSql` or `keysSql`. The rebuild then begins anew with `Projection.open`, which tells
 * the event.
 */
export interface BulkBuild<T extends EventType = EventType> {
  /** CREATE TABLE statements of tables that only the build needs */
  schemaSql: string;
  /** Makes the fold; an interrupted build is gone on with from the tables. */
  open(client: ProjectionClient): Promise<Fold<T>>;
  /**
   * Brings the rows into the projection's tables and drops those of `schemaSql`. `keysSql` and `indexesSql`
   * follow in the same transaction.
   */
  finishSql: string;
}

/**
 * The fold of one generation. When a batch fails, its transaction is rolled back and the fold is thrown away,
 * because its memory may be ahead of the tables.
 */
export interface Fold<T extends EventType = EventType> {
  /**
   * Folds one or more events, in log order, into the tables. It writes sets of rows, never a statement for
   * each event. The transaction around it also moves the checkpoint.
   */
  apply(client: ProjectionClient, events: RecordedEvent<T>[]): Promise<void>;
}
