import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BenchOptions, NotRunError } from './bench';

const execute = promisify(execFile);
const ROOT = join(__dirname, '../..');
/** What the command ends with where rows were rejected. */
const REJECTED = 3;

/** An order file of a real shop, and how it is imported. */
export interface ShopFile {
  name: string;
  path: string;
  header: string;
  options: string[];
}

export interface ImportRun {
  lines: number;
  /** of the import itself, without the start of the program and its database */
  seconds: number;
  /** user and system time of the program and its database, start included */
  cpuSeconds: number;
}

/**
 * The program as it was at a commit, built in a folder of its own with the packages of this one.
 * @returns the folder
 * @throws NotRunError where the repository has no such commit
 */
export async function programAt(commit: string, { folder }: BenchOptions): Promise<string> {
  const before = join(folder, 'before');
  await mkdir(before);
  const archive = join(folder, 'before.tar');
  await execute('git', ['archive', '--output', archive, commit], { cwd: ROOT }).catch(() => {
    throw new NotRunError(`there is no commit ${commit} to compare with`);
  });
  await execute('tar', ['-xf', archive, '-C', before]);
  await symlink(join(ROOT, 'node_modules'), join(before, 'node_modules'));
  await execute(process.execPath, ['scripts/build.js'], { cwd: before });
  return before;
}

/** Imports a file into an empty store, whose database was made before. */
export async function runImport(
  program: string,
  file: ShopFile,
  { folder }: BenchOptions,
  options: readonly string[] = [],
): Promise<ImportRun> {
  const own = join(folder, 'import');
  await mkdir(own);
  try {
    const empty = join(own, 'header.csv');
    await writeFile(empty, `${file.header}\n`);
    await importFile(program, own, empty, [...file.options]);
    for (const usage of await usagesIn(own)) await rm(usage);
    const { orders, creditNotes, alreadyThere, lines, seconds } = JSON.parse(
      await importFile(program, own, file.path, [...file.options, ...options]),
    );
    if (orders + creditNotes === 0 || alreadyThere > 0)
      throw new Error(`${file.name} was not imported into an empty store`);
    const [usage = ''] = await usagesIn(own);
    const { cpuSeconds } = JSON.parse(await readFile(usage, 'utf8'));
    return { lines, seconds, cpuSeconds };
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

async function importFile(program: string, own: string, file: string, options: string[]): Promise<string> {
  const args = ['import', 'orders', file, ...options, '--json'];
  const env = {
    ...process.env,
    TIDEMARK_DATA_DIR: join(own, 'data'),
    NODE_ENV: 'production',
    NODE_OPTIONS: `--require ${join(__dirname, 'report-usage.js')}`,
    BENCH_USAGE: join(own, 'usage'),
  };
  const run = execute(join(program, 'bin/tidemark.js'), args, { cwd: own, env });
  const { stdout } = await run.catch((error: { code?: number; stdout: string }) => {
    if (error.code !== REJECTED) throw error;
    return error;
  });
  return stdout;
}

const usagesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith('usage')).map((name) => join(folder, name));

const FOLDER = process.env.TIDEMARK_TEST_DATA ?? join(ROOT, '../shared/data');

/** @throws NotRunError where a file is not on this machine */
export function shopFiles(): ShopFile[] {
  const files: ShopFile[] = [
    {
      name: 'half a million lines of an online retailer',
      path: join(FOLDER, 'online-retail-2009-2010.csv.xz'),
      header: 'Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country',
      options: [
        ...['order_id=Invoice', 'ordered_at=InvoiceDate', 'customer_id=Customer ID', 'country=Country'],
        ...['product_id=StockCode', 'product_name=Description', 'unit_price=Price', 'quantity=Quantity'],
      ]
        .flatMap((pair) => ['--map', pair])
        .concat(['--default', 'currency=GBP', '--default', 'category=Gifts', '--credit-note-prefix', 'C']),
    },
    {
      name: '2,155 lines of Northwind',
      path: join(FOLDER, 'northwind-orders.csv.xz'),
      header:
        'order_id,ordered_at,customer_id,country,region,currency,product_id,product_name,category,' +
        'unit_price,quantity,discount_rate,shipping,shipped_at',
      options: [],
    },
  ];
  for (const { path } of files)
    if (!existsSync(path)) throw new NotRunError(`${path} is not there; TIDEMARK_TEST_DATA names the folder`);
  return files;
}
