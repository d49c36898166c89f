import { projections } from '../../src/projections/read-models/catalogue';
import { rebuild } from '../../src/projections/rebuild/rebuild';
import type { TestStore } from './store';

/** Holds every read model against a rebuild from the event store, row by row. */
export async function expectAsRebuilt({
  database,
  store,
}: Pick<TestStore, 'database' | 'store'>): Promise<void> {
  const rebuilt = await rebuild({
    databaseUrl: database.url,
    pool: database.pool,
    store,
    projections,
    verify: true,
    switch: false,
  });
  expect(rebuilt.map(({ projection, comparison }) => [projection, comparison?.equal])).toEqual(
    projections.map(({ name }) => [name, true]),
  );
}
