import { commitBackoff } from './commit-backoff';
import type { Catalog, LoadedTable } from './committer';
import { CommitConflictError, TableError } from './errors';
import { keyOf, type Place } from './location';
import type { TableUpdate } from './updates';

const ATTEMPTS = 40;

export interface Plan {
  updates: readonly TableUpdate[];
  /** absolute locations of the files that were written for these updates alone */
  staged?: readonly string[];
}

export const placeOf = ({ name, metadata }: LoadedTable): Place => ({
  table: name,
  location: metadata.location,
});

/** @throws TableError when there is no such table */
export async function loadTable({ committer }: Catalog, name: string): Promise<LoadedTable> {
  const table = await committer.load(name);
  if (!table) throw new TableError(name, 'does not exist');
  return table;
}

/**
 * Commits what `plan` makes of the newest state of a table. When another writer commits first, `plan` is
 * called again.
 * @param plan gives undefined when there is nothing to do
 * @returns the table after the commit; undefined when there was nothing to do
 * @throws what `plan` throws; CommitConflictError after many lost races; UnknownOutcomeError
 */
export async function commitToTable(
  catalog: Catalog,
  name: string,
  plan: (base: LoadedTable) => Promise<Plan | undefined>,
): Promise<LoadedTable | undefined> {
  const backoff = commitBackoff();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const base = await loadTable(catalog, name);
    const planned = await plan(base).catch((error) => unlessOutdated(catalog, base, error));
    if (planned === 'outdated') continue;
    if (!planned) return undefined;
    const result = await catalog.committer.commit(base, planned.updates);
    if (result.outcome === 'committed') return result.table;
    if (!result.mayStillLand) await discard(catalog, placeOf(base), planned.staged ?? []);
    await backoff.wait();
  }
  throw new CommitConflictError(`Others committed to table ${name} first, ${ATTEMPTS} times`);
}

/**
 * A plan that failed is made again if the table has changed meanwhile: what it had to read may be deleted.
 */
async function unlessOutdated(catalog: Catalog, base: LoadedTable, error: unknown): Promise<'outdated'> {
  if (error instanceof TableError) {
    const { metadataLocation } = await loadTable(catalog, base.name);
    if (metadataLocation !== base.metadataLocation) return 'outdated';
  }
  throw error;
}

/**
 * Deletes what an attempt wrote that lost: nothing refers to it. What cannot be deleted is an orphan, which
 * `deleteOrphans` finds.
 */
async function discard({ store }: Catalog, place: Place, staged: readonly string[]): Promise<void> {
  await store.delete(staged.map((location) => keyOf(place, location))).catch(() => {});
}
