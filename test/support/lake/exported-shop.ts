import type { MaintainedCatalog } from '../../../src/lake/iceberg/committer';
import { createTestStore, type TestStore } from '../store';
import { lakeCensus, wrong } from './census';
import { FolderLake } from './test-lake';

/** A shop, and a lake in a folder that a test exports it to. Both are removed after the test. */
export interface ExportedShop {
  shop: TestStore;
  lake: FolderLake;
  /** Compares the rows of every dataset with the log. */
  census(): ReturnType<typeof lakeCensus>;
  /** The names of the datasets that differ from the log. */
  wrongOnes(catalog?: MaintainedCatalog): Promise<string[]>;
}

/** A shop and a lake for each test of a file. Mocks are restored before they are removed. */
export function useExportedShop(): ExportedShop {
  const exported: ExportedShop = {
    shop: undefined as never,
    lake: undefined as never,
    census: () => lakeCensus(exported.shop.store, exported.lake.catalog()),
    wrongOnes: async (catalog = exported.lake.catalog()) =>
      wrong(await lakeCensus(exported.shop.store, catalog)).map(({ dataset }) => dataset),
  };
  beforeEach(async () => {
    const [shop, lake] = await Promise.all([createTestStore(), FolderLake.create()]);
    Object.assign(exported, { shop, lake });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await exported.lake.remove();
    await exported.shop.close();
  });
  return exported;
}
