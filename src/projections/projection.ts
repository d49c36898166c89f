import type { ClientBase } from 'pg';
import type { EventType } from '../domain/events';
import type { RecordedEvent } from '../event-store/event';

/** A connection inside the batch's transaction; its search_path is the generation's own schema. */
export type ProjectionClient = Pick<ClientBase, 'query'>;

/**
 * A read model: tables, and the fold that keeps them. It must be a deterministic function of the ordered
 * events: no wall clock, no floats in what is stored, nothing that depends on how the log was cut into
 * batches.
 */
export interface Projection<T extends EventType = EventType> {
  /** kebab-case, unique; its generations live in schemas `<name>_g1`, `<name>_g2` ... with underscores */
  name: string;
  /** Raise it whenever tables or fold change: the running generation is then rebuilt. */
  version: number;
  /** The fold is given these and no others. Choose them with domain/event-roles.ts. */
  eventTypes: readonly T[];
  /** `per-key`: only the order within one stream matters. `global`: the total order of the log matters. */
  ordering: 'per-key' | 'global';
  /**
   * Every table of the read model, unique over all projections; each is published as a view in schema `read`.
   */
  tables: readonly string[];
  /** CREATE TABLE statements, names without a schema */
  schemaSql: string;
  /** CREATE INDEX statements, run when a rebuild has caught up and before it is switched to */
  indexesSql: string;
  /** Makes the fold of one generation, with whatever state of its tables it wants in memory. */
  open(client: ProjectionClient): Promise<Fold<T>>;
}

/**
 * The fold of one generation. Thrown away, with its memory, when a batch fails: the transaction was rolled
 * back.
 */
export interface Fold<T extends EventType = EventType> {
  /**
   * Folds a batch of at least one event, in log order, into the tables by set-wise writes (never a statement
   * per event). Called inside a transaction that also moves the checkpoint.
   */
  apply(client: ProjectionClient, events: RecordedEvent<T>[]): Promise<void>;
}
