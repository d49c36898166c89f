import { appendFeatures } from './features/append.features';
import { columnsFeatures } from './features/columns.features';
import type { MakeStore } from './features/harness';
import { idempotencyFeatures } from './features/idempotency.features';
import { logFeatures } from './features/log.features';
import { streamFeatures } from './features/stream.features';
import { subscriptionFeatures } from './features/subscription.features';
import { writersFeatures } from './features/writers.features';

export type { MakeStore, StoreUnderTest } from './features/harness';

/**
 * The behaviour that every adapter of the event store owes. The log need not be empty, nor its positions
 * dense: every test has a stream prefix of its own and reads from the end of the log at its start.
 */
export function eventStoreFeatures(name: string, makeStore: MakeStore): void {
  describe(`${name}: an event store`, () => {
    describe('append', () => appendFeatures(makeStore));
    describe('idempotency', () => idempotencyFeatures(makeStore));
    describe('reading a stream', () => streamFeatures(makeStore));
    describe('reading the log', () => logFeatures(makeStore));
    describe('reading the log as columns', () => columnsFeatures(makeStore));
    describe('subscribing', () => subscriptionFeatures(makeStore));
    describe('several writers', () => writersFeatures(makeStore));
  });
}
