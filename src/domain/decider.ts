import type { DomainEvent } from './events';

/** An event with its business time, Unix milliseconds. */
export type Occurred<E extends DomainEvent = DomainEvent> = E & { occurredAt: number };

/**
 * How an aggregate's state follows from its events. A state of undefined means that it does not exist (yet).
 * Its deciders are functions beside it: `decide(command, state, ...) -> Result<Occurred<E>[]>`, without side
 * effects.
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
