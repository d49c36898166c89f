import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { parseLayout } from '../src/ingest/layouts/parse-layout';
import { INDEX_PAGE } from '../src/server/index-page';
import { refusalOf } from './deploy/support/command-line';
import { kindsOf, ofKind, PAGES, SNIPPETS, theOne } from './support/pages';
import { PROGRAM, type RunningProgram, startProgram } from './support/program';
import { needProgram, openShell, snippetsOf } from './support/snippets';
import { describeWith } from './support/suite';

const ROOT = join(__dirname, '..');
const pageAt = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const ADDRESS = 'http://127.0.0.1:4000';
const needs = [() => needProgram('bash'), () => needProgram('curl')];

async function ask(server: RunningProgram, query: string): Promise<{ data?: unknown; errors?: unknown }> {
  const response = await fetch(server.at('/graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return response.json() as Promise<{ data?: unknown; errors?: unknown }>;
}

function firstOf(url: string, query: string): Promise<unknown> {
  const client = createClient({ url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket });
  return new Promise((resolve, reject) => {
    client.subscribe({ query }, { next: resolve, error: reject, complete: () => {} });
  }).finally(() => client.dispose());
}

describe('a snippet', () => {
  it('of README and docs is run or parsed here, whichever it is', () => {
    const kinds = SNIPPETS.map(({ text }) => ({ text, kinds: kindsOf(text) }));
    expect(kinds.filter((snippet) => snippet.kinds.length !== 1)).toEqual([]);
  });

  it('is a layout of order files', () => {
    for (const text of ofKind('layout')) expect(parseLayout('own', 'own.yaml', text).columns).toBeDefined();
  });

  it('names scripts that exist', () => {
    const { scripts } = JSON.parse(pageAt('package.json')) as { scripts: Record<string, string> };
    const named = ofKind('script').flatMap((text) => [
      ...text.matchAll(/\bnpm (?:run )?(?!ci\b|run\b)([\w:-]+)/g),
    ]);
    expect(named.map(([, script = '']) => script).filter((script) => !(script in scripts))).toEqual([]);
  });

  it.each([...PAGES, 'deploy/powerbi/README.md', 'deploy/airflow/README.md', 'samples/README.md'])(
    'of %s has only commands that can be run',
    (path) => {
      const lines = snippetsOf(pageAt(path))
        .filter(({ language }) => language !== 'mermaid')
        .flatMap(({ text }) => text.replaceAll('\\\n', ' ').split('\n'));
      const commands = lines.flatMap((line) => /\bnpx tidemark ([^#]+)/.exec(line)?.[1]?.trim() ?? []);
      const words = commands.map((command) =>
        [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? ''),
      );
      expect(words.map(refusalOf).filter((refusal) => refusal !== undefined)).toEqual([]);
    },
  );

  it('speaks of one currency, but for the data set that has its own', () => {
    const texts = SNIPPETS.map(({ text }) => text).filter((text) => !text.includes('online-retail'));
    const demo = pageAt('src/cli/demo.command.ts');
    const currencies = [...texts, INDEX_PAGE, demo].flatMap(
      (text) => text.match(/\b(?:EUR|GBP|USD)\b/g) ?? [],
    );
    expect([...new Set(currencies)]).toEqual(['EUR']);
  });
});

describeWith(needs, 'a snippet of README, of docs and of the landing page', () => {
  let folder: string;
  let server: RunningProgram;
  let shell: Awaited<ReturnType<typeof openShell>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidemark-snippets-'));
    shell = await openShell(folder);
    // Without the exporter: the pages run `export run` where there is none.
    server = await startProgram({
      TIDEMARK_DATA_DIR: join(folder, '.tidemark'),
      TIDEMARK_ROLES: 'api,projector',
    });
  });
  afterAll(async () => {
    await server?.end();
    await rm(folder, { recursive: true, force: true });
  });

  it('places the first order, and the second time gives the first answer', async () => {
    const command = theOne('curl').replace(ADDRESS, server.url);
    expect(command).toContain(server.url);
    const placed = { __typename: 'OrderAccepted', order: { id: 'A-1001', total: { currency: 'EUR' } } };
    for (const duplicate of [false, true])
      expect(JSON.parse(await shell(command))).toMatchObject({
        data: { placeOrder: { ...placed, duplicate } },
      });
  });

  it('asks for what the first order brought', async () => {
    expect(await ask(server, theOne('query'))).toMatchObject({
      data: { categoryRevenue: { rows: [{ category: 'Kitchen', orders: 1 }], total: { net: '14.00' } } },
    });
  });

  it('watches it live', async () => {
    expect(await firstOf(server.at('/graphql'), theOne('subscription'))).toMatchObject({
      data: { liveMetrics: { orders: 1, net: '14.00' } },
    });
  });

  it('answers every other operation of the pages', async () => {
    for (const mutation of ofKind('mutation')) {
      const { data } = (await ask(server, mutation)) as { data: Record<string, { __typename: string }> };
      expect(Object.values(data)).toEqual([expect.objectContaining({ __typename: 'OrderAccepted' })]);
    }
    for (const query of ofKind('query')) expect(await ask(server, query)).not.toHaveProperty('errors');
    for (const subscription of ofKind('subscription'))
      expect(await firstOf(server.at('/graphql'), subscription)).not.toHaveProperty('errors');
  });

  it('imports orders, also those of the data set', async () => {
    const [own = ''] = ofKind('import');
    const dataSet = ofKind('import').find((text) => text.includes('online-retail')) ?? '';
    await cp(join(ROOT, 'samples/orders.csv'), join(folder, 'orders.csv'));
    expect(await shell(own)).toMatch(/orders +3\d\d\n/);
    await writeFile(join(folder, 'online-retail-2009-2010.csv.xz'), gzipSync(ONLINE_RETAIL));
    expect(await shell(dataSet)).toMatch(/orders +1\ncredit notes +1\n/);
  });

  it('takes the log to the lake and the warehouse, asks and verifies', async () => {
    for (const script of ofKind('warehouse')) {
      await rm(join(folder, 'revenue.csv'), { force: true });
      await shell(script);
      expect(await readFile(join(folder, 'revenue.csv'), 'utf8')).toMatch(/^category,net\n[^,]+,\d/);
    }
  });

  it('keeps the lake in order', async () => {
    const snapshots = await shell('npx tidemark export snapshots order_lines --json');
    const [{ id } = { id: '' }] = JSON.parse(snapshots) as { id: string }[];
    for (const script of ofKind('lake')) await shell(script.replace('--snapshot ID', `--snapshot ${id}`));
  });

  it('on the landing page runs', async () => {
    const page = await (await fetch(server.at('/'))).text();
    const [order = '', numbers = ''] = [...page.matchAll(/<pre>([\s\S]*?)<\/pre>/g)].map(([, text = '']) =>
      text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
    );
    expect(await ask(server, order)).toMatchObject({
      data: { placeOrder: { order: { id: '1001', total: { amount: '25.00', currency: 'EUR' } } } },
    });
    expect(await firstOf(server.at('/graphql'), numbers)).toHaveProperty('data.liveMetrics.orders');
  });
});

describeWith(needs, 'a snippet of the demo', () => {
  it('runs in the project while the demo does', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-snippets-'));
    const { PATH, HOME } = process.env;
    const demo = spawn(process.execPath, [PROGRAM, 'demo', '--rate', '5'], {
      env: { PATH, HOME, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const shell = await openShell(folder);
      const lines: string[] = [];
      for await (const line of createInterface(demo.stdout)) {
        lines.push(line);
        if (line.startsWith('Ctrl-C ends')) break;
      }
      demo.stdout.resume();
      const [curl = '', subscription = ''] = lines
        .join('\n')
        .split(/^(?=A .* to paste)/m)
        .slice(1)
        .map(pasted);
      expect(JSON.parse(await shell(curl, ROOT))).toMatchObject({
        data: { rfm: { segments: expect.any(Array) }, anomalies: { totalCount: expect.any(Number) } },
      });
      const url = /https?:\S+graphql/.exec(curl)?.[0] as string;
      expect(await anomalyShownBy(subscription, url)).toMatchObject({
        orderAnomalies: { amount: expect.any(String) },
      });
    } finally {
      demo.kill('SIGTERM');
      await once(demo, 'exit');
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** What stands indented below a line that says so. */
const pasted = (section: string): string =>
  section
    .split('\n')
    .filter((line) => line.startsWith('  '))
    .join('\n');

/** Runs a subscription as it is pasted, and orders far too much until it says so. @returns the first event */
async function anomalyShownBy(script: string, url: string): Promise<unknown> {
  const { PATH, HOME } = process.env;
  const shell = spawn('bash', ['-c', `exec ${script.trim()}`], { cwd: ROOT, env: { PATH, HOME } });
  let complaints = '';
  shell.stderr.on('data', (chunk) => (complaints += String(chunk)));
  const first = once(createInterface(shell.stdout), 'line').then(([line]) => line as string);
  const ended = once(shell, 'exit').then(() => Promise.reject(new Error(`It ended: ${complaints}`)));
  ended.catch(() => {});
  try {
    for (let attempt = 0; ; attempt++) {
      const line = await Promise.race([first, ended, orderTooMuch(url, attempt)]);
      if (line !== undefined) return JSON.parse(line);
    }
  } finally {
    shell.kill('SIGKILL');
    await ended.catch(() => {});
  }
}

async function orderTooMuch(url: string, attempt: number): Promise<undefined> {
  const line = { productId: 'P0214', category: 'Books', unitPrice: '90000.00', quantity: 10 + attempt };
  const input = {
    idempotencyKey: `k${attempt}`,
    orderId: `too-much-${attempt}`,
    currency: 'EUR',
    country: 'DE',
    lines: [line],
  };
  const query = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename } }';
  const headers = { 'content-type': 'application/json' };
  await (
    await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables: { input } }) })
  ).text();
  return undefined;
}

/** The columns of the UCI data set, with an order and a credit note. */
const ONLINE_RETAIL = `Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country
489434,85048,15CM CHRISTMAS GLASS BALL 20 LIGHTS,12,2009-12-01 07:45:00,6.95,13085.0,United Kingdom
489434,79323P,PINK CHERRY LIGHTS,12,2009-12-01 07:45:00,6.75,13085.0,United Kingdom
C489449,22087,PAPER BUNTING WHITE LACE,-12,2009-12-01 10:33:00,2.95,16321.0,Australia
`;
