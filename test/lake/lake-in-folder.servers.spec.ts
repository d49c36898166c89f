import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeReaders } from '../support/readers/readers';
import { isReadByOthers, scanOf } from './read-by-others.features';

describeReaders('a lake in a folder with a space and an umlaut in its name', () => {
  isReadByOthers(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark lake für alle '));
    return {
      options: { url: join(folder, 'lake') },
      source: ({ metadataLocation }) => ({ metadata: metadataLocation }),
      table: scanOf,
      prepare: [],
      close: () => rm(folder, { recursive: true, force: true }),
    };
  });
});
