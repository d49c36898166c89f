import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { theOne } from './support/pages';
import { startProgram } from './support/program';
import { describeReaders, readersPython } from './support/readers/readers';
import { needProgram, openShell } from './support/snippets';

describeReaders(
  'the snippet of docs/lake.md in Python',
  () => {
    it('reads the lake with pyiceberg', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'tidemark-snippets-'));
      const shell = await openShell(folder);
      const server = await startProgram({
        TIDEMARK_DATA_DIR: join(folder, '.tidemark'),
        TIDEMARK_ROLES: 'api,projector',
      });
      try {
        await shell(theOne('curl').replace(/http:\/\/127\.0\.0\.1:\d+/, server.url));
        await shell(theOne('warehouse'));
        const script = theOne('python')
          .trimEnd()
          .replace(/^(lines\.scan.*)$/m, 'print($1)');
        await writeFile(join(folder, 'read.py'), script);
        expect(await shell(`${readersPython()} read.py`)).toMatch(/^pyarrow\.Table\n/);
      } finally {
        await server.end();
        await rm(folder, { recursive: true, force: true });
      }
    });
  },
  () => needProgram('bash'),
  () => needProgram('curl'),
);
