import { createLake } from '../../../test/support/iceberg/lake';
import { catalogIn } from '../../../test/support/lake/test-lake';
import { describeReaders } from '../../../test/support/readers/readers';
import { behavesAsCommitter } from './committer.features';

describeReaders('a lake in the layout of a Hadoop catalog', () => {
  behavesAsCommitter(async () => {
    const lake = await createLake();
    return { open: () => catalogIn(lake.store), source: lake.source, close: lake.remove };
  });
});
