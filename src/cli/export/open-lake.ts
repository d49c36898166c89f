import type { Dataset } from '../../lake/datasets/dataset';
import type { Lake } from '../../lake/open-lake';
import type { Runtime } from '../../runtime/runtime';
import { CliError, ExitCode } from '../errors';
import { withLake } from '../with-lake';
import { withRuntime } from '../with-runtime';

export interface OpenLake {
  runtime: Runtime;
  lake: Lake;
  signal: AbortSignal;
}

/**
 * Opens the lake and its event store, for the command `tidemark export <name>`.
 * @throws ForeignLakeError when the lake belongs to another event store
 */
export function withLakeOfStore<T>(name: string, work: (open: OpenLake) => Promise<T>): Promise<T> {
  return withRuntime(`export ${name}`, (runtime, signal) =>
    withLake(runtime.config, async (lake) => {
      const { checkOwner } = await import('../../lake/lake-identity.js');
      await checkOwner(lake.store, await runtime.store.identity());
      return work({ runtime, lake, signal });
    }),
  );
}

/** As `withLakeOfStore`, for a command that needs tables. @throws LakeError where nothing was exported yet */
export function withTables<T>(name: string, work: (open: OpenLake) => Promise<T>): Promise<T> {
  return withLakeOfStore(name, async (open) => {
    const { mustBeLake } = await import('../../lake/lake-identity.js');
    await mustBeLake(open.lake.store);
    return work(open);
  });
}

/**
 * As `withTables`, for a command that commits to them.
 * @throws ObjectStoreError where the object store would let two commits win
 */
export function changingTables<T>(name: string, work: (open: OpenLake) => Promise<T>): Promise<T> {
  return withTables(name, async (open) => {
    const { testObjectStore } = await import('../../lake/object-store/self-test.js');
    await testObjectStore(open.lake.store);
    return work(open);
  });
}

/** @throws CliError when there is no such dataset */
export async function datasetNamed(name: string): Promise<Dataset> {
  const { datasets } = await import('../../lake/datasets/catalogue.js');
  const found = datasets.find((dataset) => dataset.name === name);
  if (found) return found;
  const known = datasets.map((dataset) => dataset.name).join(', ');
  throw new CliError(`There is no dataset ${name}. Datasets are: ${known}.`, ExitCode.usage);
}

/**
 * The named datasets, each once, or all where none is named.
 * @throws CliError when there is no such dataset
 */
export async function datasetsNamed(names: readonly string[]): Promise<readonly Dataset[]> {
  const { datasets } = await import('../../lake/datasets/catalogue.js');
  return names.length === 0 ? datasets : Promise.all([...new Set(names)].map(datasetNamed));
}
