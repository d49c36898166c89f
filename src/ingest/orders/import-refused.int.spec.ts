import { readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { createImportTest, csv, type ImportTest } from '../../../test/support/imports';
import { InputError } from '../input-error';
import type { ImportOptions } from './import-orders';

let imports: ImportTest;
beforeEach(async () => {
  imports = await createImportTest();
});
afterEach(() => imports.close());

describe('a file that cannot be imported', () => {
  const good = 'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1';

  it.each<[string, Partial<ImportOptions>, string | Buffer, RegExp]>([
    ['is empty', {}, '', /is empty/],
    [
      'lacks columns',
      {},
      `order_id,quantity\nA,1\n`,
      /no column for ordered_at, country, currency.*"order_id", "quantity"/s,
    ],
    ['has a map to nowhere', { map: { tax: 'VAT' } }, csv(good), /no column is called "VAT"/],
    ['has a default for no field', { defaults: { vat: '1' } }, csv(good), /--default names "vat"/],
    ['is not UTF-8', {}, Buffer.concat([Buffer.from(csv(good)), Buffer.from([0xff])]), /offset \d+, line 3/],
    ['has a broken quote', {}, csv(good, 'B,"x"y'), /Row 3 \(line 3\) has a broken quote/],
    ['never closes a quote', {}, csv(good, 'B,"x'), /quote that opens in row 3 is never closed/],
    ['has a huge row', {}, csv(good, `B,"${'x'.repeat(1_100_000)}"`), /Row 3 \(line 3\) is larger/],
    ['is half a gzip file', {}, gzipSync(csv(good)).subarray(0, 40), /cut short, damaged or no gzip/],
  ])('%s', async (_, options, content, message) => {
    const attempt = imports.file({ file: await imports.write(content), ...options });
    await expect(attempt).rejects.toBeInstanceOf(InputError);
    await expect(attempt).rejects.toThrow(message);
    expect(await imports.store.head()).toBeNull();
  });

  it('would have its rejects written over the file that a link leads to', async () => {
    const victim = path.join(imports.folder, 'victim');
    const rejects = path.join(imports.folder, 'rejects.csv');
    await writeFile(victim, 'precious');
    await symlink(victim, rejects);
    await expect(imports.file({ file: await imports.write(csv(good)), rejects })).rejects.toThrow(
      /Cannot write the rejects to .*: it is a link to another file/,
    );
    expect(await readFile(victim, 'utf8')).toBe('precious');
  });

  it('is not there, or is a folder, or its rejects have no place', async () => {
    await expect(imports.file({ file: path.join(imports.folder, 'none.csv') })).rejects.toThrow(
      /there is no such file/,
    );
    await expect(imports.file({ file: imports.folder })).rejects.toThrow(/is a folder/);
    const rejects = path.join(imports.folder, 'no/such/folder.csv');
    await expect(imports.file({ file: await imports.write(csv(good)), rejects })).rejects.toThrow(
      /Cannot write the rejects/,
    );
  });

  it('leaves no connection behind', async () => {
    await expect(imports.file({ file: await imports.write('') })).rejects.toThrow(InputError);
    const { pool } = imports.database;
    expect(pool.totalCount - pool.idleCount).toBe(0);
  });
});
