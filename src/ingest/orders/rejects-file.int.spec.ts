import { copyFile, link, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createImportTest, csv, type ImportTest } from '../../../test/support/imports';
import type { ImportOptions } from './import-orders';

const CASES = path.join(__dirname, '../../../test/cases/csv');

let imports: ImportTest;
let rejects: string;
beforeEach(async () => {
  imports = await createImportTest();
  rejects = path.join(imports.folder, 'rejects.csv');
});
afterEach(() => imports.close());

const inFolder = (name: string): string => path.join(imports.folder, name);
/** Imports a file of the cases, which is copied first. */
async function importCase(name: string, options: Partial<ImportOptions> = {}) {
  await copyFile(path.join(CASES, name), inFolder(name));
  return imports.file({ file: inFolder(name), rejects, ...options });
}
const row = (id: string, price: string): string =>
  `${id},2024-01-01,ada,France,EUR,P1,Pan,Kitchen,${price},1`;

describe('the file of rejected rows', () => {
  it('has the form of rd.csv, and is imported with the same options once it is mended', async () => {
    const report = await importCase('rd.csv', { encoding: 'latin1', delimiter: ';' });
    expect(report).toMatchObject({ orders: 1, leftOut: 1, rejectsFile: 'written' });
    const text = await readFile(rejects, 'latin1');
    expect(text).toMatch(/^row_number;document_id;reject_reason;order_id;ordered_at;/);
    expect(text).toMatch(/^3;RD2;[^;]*;RD2;2024-03-01;ada;France;;EUR;t;Café crème;Küche;x;1;;;$/m);
    await writeFile(rejects, text.replace(';x;', ';7.50;'), 'latin1');
    const mended = {
      file: rejects,
      encoding: 'latin1',
      delimiter: ';',
      rejects: inFolder('again.csv'),
    } as const;
    expect(await imports.file(mended)).toMatchObject({ orders: 1, rejected: { rows: 0 } });
    expect(await imports.streams()).toEqual(['order-RD1', 'order-RD2']);
  });

  it('has the byte order mark, line ends and quotes of its original', async () => {
    const lines = csv(row('A', 'x')).trimEnd().split('\n');
    const quoted = lines.map((line) => `"${line.replaceAll(',', '";"')}"\r\n`).join('');
    await imports.file({ file: await imports.write(`\uFEFF${quoted}`), rejects });
    const text = await readFile(rejects, 'utf8');
    expect(text).toMatch(/^\uFEFF"row_number";"document_id";"reject_reason";"order_id"/);
    expect(text.split('\r\n')).toHaveLength(3);
    expect(text.split('\r\n')[1]).toMatch(/^"2";"A";".*";"A";"2024-01-01";"ada"/);
  });

  it('is imported again without nesting its columns, whatever its order', async () => {
    await imports.lines([row('A', 'x'), row('B', '1.00')], { rejects });
    const again = inFolder('again.csv');
    await imports.file({ file: rejects, rejects: again });
    const [header, first] = (await readFile(again, 'utf8')).split('\n');
    expect(header).toMatch(/^row_number,document_id,reject_reason,order_id,/);
    expect(header?.match(/row_number/g)).toHaveLength(1);
    expect(first).toMatch(/^2,A,.*,A,2024-01-01,/);
  });

  it('of rows that a quote puts in doubt has them one by one; they can be imported as they are', async () => {
    const broken = [
      row('A', '1.00'),
      row('B', '2.00').replace('Pan', '"Pan'),
      row('C', '3.00'),
      row('D', '4.00'),
    ];
    broken[3] = (broken[3] as string).replace('Pan', 'x",Pan').replace(',P1', '');
    expect(await imports.lines(broken, { rejects })).toMatchObject({ orders: 1, leftOut: 3 });
    expect(await readFile(rejects, 'utf8')).toMatch(/^3,B,.*row 3, line 3/m);
    await imports.file({ file: rejects, rejects: inFolder('again.csv') });
    expect(await imports.streams()).toEqual(['order-A', 'order-B', 'order-C', 'order-D']);
  });

  it('is never written over the file that is imported, under whatever name', async () => {
    const file = await importCase('rejects-self.csv').then(() => inFolder('rejects-self.csv'));
    const content = await readFile(file, 'utf8');
    await symlink(file, inFolder('symbolic.csv'));
    await link(file, inFolder('hard.csv'));
    const names = [
      file,
      `${imports.folder}/./rejects-self.csv`,
      inFolder('symbolic.csv'),
      inFolder('hard.csv'),
    ];
    for (const name of names) {
      const attempt = imports.file({ file, rejects: name });
      await expect(attempt).rejects.toThrow(
        /Cannot write the rejects to .*: it is the file that is imported/,
      );
    }
    await expect(imports.file({ file: inFolder('symbolic.csv'), rejects: file })).rejects.toThrow(
      /is imported/,
    );
    expect(await readFile(file, 'utf8')).toBe(content);
  });

  it('stays as it was (rl.csv) where nothing is imported, or the import is stopped or fails', async () => {
    await writeFile(rejects, 'mended by hand\n');
    expect((await importCase('rl.csv', { dryRun: true })).rejectsFile).toBe('left: nothing imported');
    await expect(imports.file({ file: await imports.write('a,b\n1,2\n'), rejects })).rejects.toThrow();
    const stopped = await imports.file(
      { file: await imports.write(csv(row('A', '1.00'), row('B', 'x'))), rejects },
      { signal: AbortSignal.abort() },
    );
    expect(stopped).toMatchObject({ interrupted: true, rejectsFile: 'left: stopped' });
    expect(await readFile(rejects, 'utf8')).toBe('mended by hand\n');
    expect((await importCase('rl.csv')).rejectsFile).toBe('written');
    const written = await readFile(rejects, 'utf8');
    expect(written).toContain('RL2');
    expect((await importCase('rl.csv')).rejectsFile).toBe('left: nothing imported');
    expect(await readFile(rejects, 'utf8')).toBe(written);
    expect((await readdir(imports.folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('is left alone where no row is rejected, and has its header where there was none', async () => {
    await writeFile(rejects, 'mended by hand\n');
    expect((await imports.lines([row('A', '1.00')], { rejects })).rejectsFile).toBe('not needed');
    expect(await readFile(rejects, 'utf8')).toBe('mended by hand\n');
    const fresh = inFolder('fresh.csv');
    expect((await imports.lines([row('B', '1.00')], { rejects: fresh })).rejectsFile).toBe('written');
    expect(await readFile(fresh, 'utf8')).toMatch(/^row_number,document_id,reject_reason,[^\n]*\n$/);
  });
});

describe('a file of the cases', () => {
  it.each([
    ['tsv-swallow.tsv', { defaults: {} }, 3],
    ['tsv-swallow2.tsv', {}, 3],
    ['rawquote.tsv', {}, 1],
    ['rawquote2.tsv', {}, 1],
    ['rawquote3.tsv', {}, 3],
    ['rawquote.csv', {}, 2],
    ['preamble.csv', {}, 1],
    ['utf16be.csv', {}, 1],
    ['duphead.csv', { map: { unit_price: 'Price#1' } }, 1],
  ] as [string, Partial<ImportOptions>, number][])('%s has all its orders', async (name, options, orders) => {
    expect(await importCase(name, options)).toMatchObject({ orders, rejected: { rows: 0 } });
  });
});
