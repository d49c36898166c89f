import type { DomainEvent } from './events';

/** An event with its business time, Unix milliseconds. */
export type Occurred<E extends DomainEvent = DomainEvent> = E & { occurredAt: number };

/**
 * Folds an event into an aggregate's state. An undefined state means that the aggregate does not exist yet.
 * Deciders are functions without side effects: `decide(command, state, ...) -> Result<Occurred<E>[]>`.
 */
export type Evolve<S> = (state: S | undefined, event: Occurred) => S | undefined;

/** What a decision is judged by, beside its command and the state. */
export interface Facts {
  /** Unix milliseconds */
  now: number;
}

/** The same for a document that posts sales. */
export interface SalesFacts extends Facts {
  reportingCurrency: string;
}
