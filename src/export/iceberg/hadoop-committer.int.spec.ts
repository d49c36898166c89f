import { anotherCatalog, createLake } from '../../../test/support/iceberg/lake';
import { describeReaders } from '../../../test/support/readers/readers';
import { behavesAsCommitter } from './committer.features';

describeReaders('a lake in the layout of a Hadoop catalog', () => {
  behavesAsCommitter(async () => {
    const lake = await createLake();
    return { open: () => anotherCatalog(lake.store), source: lake.source, close: lake.remove };
  });
});
