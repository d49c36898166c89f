import { existsSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSource } from '../../../src/ingest/files/source';

const FOLDER = process.env.TIDEMARK_TEST_DATA ?? path.join(__dirname, '../../../../shared/data');

/** The orders of a real shop: the file that is imported, and the plain CSV that the oracle reads. */
export interface TestData {
  compressed: string;
  csv: string;
}

/**
 * Declares a suite over a large file that does not ship with the project. Without the file the suite is
 * skipped, and its title says why.
 * @param file name in the folder TIDEMARK_TEST_DATA
 */
export function describeWith(file: string, title: string, suite: (data: () => TestData) => void): void {
  const compressed = path.join(FOLDER, file);
  if (!existsSync(compressed)) {
    describe.skip(`${title} (${file} is not in ${FOLDER}; TIDEMARK_TEST_DATA names another folder)`, () => {
      it('needs that file', () => {});
    });
    return;
  }
  describe(title, () => {
    let folder: string;
    let data: TestData;
    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'tidemark-oracle-'));
      data = { compressed, csv: path.join(folder, file.replace(/\.xz$/, '')) };
      await unpack(compressed, data.csv);
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));
    suite(() => data);
  });
}

async function unpack(compressed: string, csv: string): Promise<void> {
  const out = await open(csv, 'w');
  try {
    for await (const chunk of readSource(compressed)) await out.write(chunk);
  } finally {
    await out.close();
  }
}
