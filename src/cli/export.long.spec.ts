import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from '../../stack/child-process';
import { createTestDatabase } from '../../test/support/database';
import { tooLarge } from '../../test/support/lake/refused-orders';
import {
  createLakeProgram,
  type LakeProgram,
  refusal,
  SAMPLE_LINES,
  SAMPLE_ORDERS,
} from '../../test/support/lake-program';
import { mixedLog } from '../../test/support/mixed-log';
import { OWN_MOUNTS, reasonNotToMount } from '../../test/support/own-mounts';
import { launchProgram, PROGRAM, type RunningProgram, startProgram } from '../../test/support/program';
import { until } from '../../test/support/until';
import { PostgresEventStore } from '../event-store/postgres/postgres.event-store';
import type { RedriveResult } from '../export/redrive';
import { Listener } from '../postgres/listener';
import { migrate } from '../postgres/migrate';
import { migrationFolders } from '../runtime/migrations';

jest.setTimeout(180_000);

interface Snapshot {
  id: string;
  operation: string;
  totalRecords: number;
  isCurrent: boolean;
}

let shop: LakeProgram;
const running: RunningProgram[] = [];

async function openShop(): Promise<void> {
  shop = await createLakeProgram();
}
async function closeShop(): Promise<void> {
  for (const program of running.splice(0)) await program.end('SIGKILL');
  await shop.remove();
}

const snapshotsOf = (dataset: string) => shop.json<Snapshot[]>('export', 'snapshots', dataset);
/** undefined before the first export has made the table. */
const rowsOf = async (dataset: string) =>
  existsSync(path.join(shop.lake, dataset, 'metadata'))
    ? (await shop.status()).get(dataset)?.rows
    : undefined;

/** Every dataset is as far as the log, each row once. */
async function expectComplete(orders = SAMPLE_ORDERS, lines = SAMPLE_LINES): Promise<void> {
  const status = await shop.status();
  expect([...status.values()].filter(({ lagEvents }) => lagEvents > 0)).toEqual([]);
  const { rows } = await shop.database.pool.query('SELECT count(*)::int AS events FROM tidemark.events');
  expect(status.get('events')?.rows).toBe(rows[0].events);
  expect(status.get('orders')?.rows).toBe(orders);
  expect(status.get('order_lines')?.rows).toBe(lines);
}

/** Until every table has the cut with so many orders. */
async function untilRows(orders: number): Promise<void> {
  const isThere = async () => {
    const status = await shop.status();
    const lags = [...status.values()].some(({ lagEvents }) => lagEvents > 0);
    return !lags && status.get('orders')?.rows === orders;
  };
  await until(isThere, `${orders} rows of dataset orders, and every table with them`);
}

async function untilCutIsDecided(): Promise<void> {
  const cuts = path.join(shop.lake, '_tidemark/cuts');
  await until(async () => (await readdir(cuts).catch(() => [])).length > 0, 'a cut');
}

describe('tidemark export, before anything was exported', () => {
  beforeAll(openShop);
  afterAll(closeShop);

  it('says that there is no lake, and what makes it; and makes none', async () => {
    const commands = [
      ['status'],
      ['verify'],
      ['snapshots', 'orders'],
      ['rollback', 'orders', '--snapshot', '5'],
      ['compact'],
      ['expire'],
      ['redrive'],
    ];
    const none =
      /Error: There is no lake at file:.*\/lake, or an empty one: `tidemark export run` takes the event log/;
    for (const args of commands) expect(await shop.run('export', ...args)).toEqual(refusal(1, none));
    expect(existsSync(shop.lake)).toBe(false);
    await writeFile(shop.lake, '');
    for (const args of [['run'], ...commands])
      expect(await shop.run('export', ...args)).toEqual(
        refusal(1, /Error: The lake .*\/lake is a file: give LAKE_URL a folder/),
      );
    await rm(shop.lake);
  });

  it('refuses wrong input with 2 and one line', async () => {
    for (const [args, message] of [
      [['snapshots', 'nonsense'], /There is no dataset nonsense\. Datasets are: events, .*bad_rows\./],
      [['rollback', 'nonsense', '--snapshot', '5'], /There is no dataset nonsense/],
      [['compact', 'orders', 'nonsense'], /There is no dataset nonsense/],
      [['expire', 'nonsense'], /There is no dataset nonsense/],
      [['snapshots'], /error: missing required argument 'dataset'/],
      [['rollback', 'orders'], /Give --snapshot or --to-empty, one of them/],
      [['rollback', 'orders', '--to-empty', '--snapshot', '5'], /Give --snapshot or --to-empty, one of them/],
      [['verify', 'nonsense'], /There is no dataset nonsense/],
      [['rollback', 'orders', '--snapshot', 'newest'], /--snapshot newest: give the id of a snapshot/],
      [['compact', '--target-mb', '0'], /--target-mb 0: give a number above zero/],
      [['compact', '--target-mb', 'large'], /--target-mb large: give a number above zero/],
      [['compact', '--target-mb', 'Infinity'], /--target-mb Infinity: give a number above zero/],
      [['expire', '--keep', '0'], /--keep 0: give a whole number from 1/],
      [['expire', '--keep', '1.5'], /--keep 1\.5: give a whole number from 1/],
      [
        ['expire', '--older-than', 'soon'],
        /--older-than soon: give a number of days, or a time such as 2026-01-31T12:00Z/,
      ],
      [['run', '--nonsense'], /error: unknown option '--nonsense'/],
    ] as const)
      expect({ args, ...(await shop.run('export', ...args)) }).toEqual({ args, ...refusal(2, message) });
    for (const [url, message] of [
      ['http://lake', /Configuration: LAKE_URL has scheme http:, which is no place for a lake/],
      ['s3:/', /Configuration: LAKE_URL names no bucket/],
      ['file://host/lake', /Configuration: LAKE_URL names a host/],
    ] as const)
      expect(await launchProgram(['export', 'status'], { ...shop.env, LAKE_URL: url }).ended).toEqual(
        refusal(2, message),
      );
  });

  it('explains every command', async () => {
    for (const name of ['run', 'status', 'snapshots', 'rollback', 'verify', 'compact', 'expire', 'redrive']) {
      const { exitCode, stdout } = await shop.run('export', name, '--help');
      expect({ name, exitCode, stdout }).toEqual({
        name,
        exitCode: 0,
        stdout: expect.stringMatching(/^Usage: tidemark export .*\n\n[A-Z][\s\S]*\.\n\n/),
      });
    }
  });
});

describe('tidemark export', () => {
  beforeEach(openShop);
  afterEach(closeShop);

  it('takes the log to the lake once, compacts, rolls back, exports again and expires', async () => {
    const first = await shop.json<{ events: number; rows: number }>('export', 'run');
    expect(first.events).toBeGreaterThanOrEqual(SAMPLE_ORDERS);
    await expectComplete();
    expect(await shop.json('export', 'status')).toEqual([...(await shop.status()).values()]);
    expect(await shop.json('export', 'run')).toMatchObject({ events: 0, rows: 0 });
    await shop.importAgain('T');
    await shop.run('export', 'run');
    await expectComplete(2 * SAMPLE_ORDERS, 2 * SAMPLE_LINES);

    const filesBefore = (await shop.status()).get('orders')?.files;
    const [compacted] = await shop.json<{ filesReplaced: number; filesWritten: number }[]>(
      'export',
      'compact',
      'orders',
    );
    expect(compacted).toMatchObject({ dataset: 'orders', filesReplaced: filesBefore, groupsSkipped: 0 });
    await expectComplete(2 * SAMPLE_ORDERS, 2 * SAMPLE_LINES);

    const [current, , oldest] = await snapshotsOf('orders');
    expect(current).toMatchObject({ operation: 'replace', isCurrent: true });
    const rolledBack = await shop.run('export', 'rollback', 'orders', '--snapshot', String(oldest?.id));
    expect(rolledBack).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('is at snapshot') });
    expect(await rowsOf('orders')).toBe(SAMPLE_ORDERS);
    expect(await shop.run('export', 'expire', 'orders')).toEqual(
      refusal(1, /Error: Table orders: was rolled back to cut 1 and is being exported again/),
    );
    const again = await shop.run('export', 'run', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({
      events: 0,
      again: [{ dataset: 'orders', cuts: 1, rows: SAMPLE_ORDERS }],
    });
    expect(again.stderr).toMatch(
      /orders: exported 320 rows of 1 cuts again, because it had been rolled back\n$/,
    );
    await expectComplete(2 * SAMPLE_ORDERS, 2 * SAMPLE_LINES);

    const [expired] = await shop.json<{ snapshots: number }[]>(
      'export',
      'expire',
      'orders',
      '--keep',
      '1',
      '--older-than',
      '0',
    );
    expect(expired?.snapshots).toBeGreaterThan(0);
    expect(await snapshotsOf('orders')).toHaveLength(1);
    await expectComplete(2 * SAMPLE_ORDERS, 2 * SAMPLE_LINES);
    expect(await shop.run('export', 'rollback', 'orders', '--snapshot', String(oldest?.id))).toEqual(
      refusal(1, /Error: Table orders: has no snapshot \d+; see `tidemark export snapshots orders`/),
    );
    expect(await shop.run('export', 'redrive')).toMatchObject({
      exitCode: 0,
      stdout: 'No event was refused.\n',
    });
  });

  it('names a data file that was damaged, and mends it with the commands that it names', async () => {
    await shop.run('export', 'run');
    expect(await shop.run('export', 'verify')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringMatching(/^\d+ data files of [\d.]+ MB: all as they were written\n$/),
    });
    const folder = path.join(shop.lake, 'order_lines/data');
    const [file] = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.parquet'));
    const damaged = path.join(folder, file as string);
    const bytes = await readFile(damaged);
    bytes[200] = (bytes[200] as number) ^ 1;
    await writeFile(damaged, bytes);
    const { exitCode, stdout } = await shop.run('export', 'verify');
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`order_lines  order_lines/data/${file}  is damaged`);
    expect(JSON.parse((await shop.run('export', 'verify', 'order_lines', '--json')).stdout)).toMatchObject({
      bad: [{ dataset: 'order_lines', file: `order_lines/data/${file}` }],
    });
    // On a busy machine lines of progress come before it.
    expect(await shop.run('warehouse', 'load')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /(^|\n)Error: order_lines\/data\/.*\.parquet of the lake is damaged.*\n$/,
      ),
    });
    const commands = [...stdout.matchAll(/`tidemark ([^`]*)`/g)].map(([, command]) => command as string);
    expect(commands).toEqual(['export rollback order_lines --to-empty', 'export run']);
    for (const command of commands)
      expect(await shop.run(...command.split(' '))).toMatchObject({ exitCode: 0 });
    expect(await shop.run('export', 'verify')).toMatchObject({ exitCode: 0 });
    await expectComplete();
  });

  it('tries refused events again, and takes those to their datasets that fit by now', async () => {
    const empty = await createLakeProgram({ isEmpty: true });
    try {
      await empty.run('export', 'run');
      const listener = new Listener(empty.database.url);
      const store = await PostgresEventStore.open({ pool: empty.database.pool, listener });
      // Before the store is configured nobody knows the day of an order.
      const early = [...mixedLog(1)].find(({ event }) => event.type === 'OrderPlaced')!;
      for (const { stream, event } of [early, tooLarge('huge')])
        await store.append(stream, 'noStream', [event]);
      await store.close();
      await listener.close();
      const waits = expect.stringContaining(
        'has no reporting currency yet: `tidemark start` exports nothing',
      );
      expect(await empty.run('export', 'status')).toMatchObject({ exitCode: 0, stdout: waits });
      await empty.run('export', 'run');
      expect((await empty.run('export', 'status')).stdout).not.toContain('no reporting currency');
      const redrive = async () => {
        const { exitCode, stdout } = await empty.run('export', 'redrive', '--json');
        return { exitCode, ...(JSON.parse(stdout) as RedriveResult) };
      };
      expect(await redrive()).toMatchObject({ exitCode: 3, redriven: 0, stillRefused: 4 });
      await empty.run('warehouse', 'load');
      const verified = await empty.run('warehouse', 'verify', '--json');
      expect({ ...verified, ...JSON.parse(verified.stdout) }).toMatchObject({
        exitCode: 1,
        equal: false,
        differences: [],
        refused: [
          { dataset: 'order_lines', events: 2, money: { JPY: expect.stringMatching(/^\d+$/) } },
          { dataset: 'orders', events: 2, money: { JPY: expect.stringMatching(/^\d+$/) } },
        ],
      });
      expect((await empty.run('warehouse', 'verify')).stdout).toMatch(/: DIFFERENT\.\n[\s\S]*orders +2 /);
      await empty.importAgain('T');
      await empty.run('export', 'run');
      const before = await empty.status();
      expect(await redrive()).toEqual({
        exitCode: 3,
        redriven: 2,
        stillRefused: 2,
        refused: ['order_lines', 'orders'].map((dataset) => ({
          dataset,
          stream: 'order-huge',
          revision: 0,
          position: expect.any(String),
          reason: expect.stringContaining('too large'),
        })),
      });
      const after = await empty.status();
      const { lines } = early.event.data as { lines: unknown[] };
      expect(after.get('order_lines')?.rows).toBe((before.get('order_lines')?.rows ?? 0) + lines.length);
      expect(after.get('orders')?.rows).toBe((before.get('orders')?.rows ?? 0) + 1);
      expect(await empty.run('export', 'redrive')).toMatchObject({
        exitCode: 3,
        stdout: expect.stringMatching(/^0 events are in their datasets now, 2 are refused still\.\n/),
      });
    } finally {
      await empty.remove();
    }
  });

  it('leaves the lake of another event store alone', async () => {
    await shop.run('export', 'run');
    const other = await createTestDatabase();
    try {
      await migrate(other.pool, migrationFolders);
      const env = { ...shop.env, DATABASE_URL: other.url };
      for (const args of [
        ['export', 'run'],
        ['export', 'status'],
        ['export', 'compact'],
        ['warehouse', 'verify'],
      ])
        expect(await launchProgram(args, env).ended).toEqual(
          refusal(2, /The lake file:.* was filled from event store .*, but this is event store .*/),
        );
      const { exitCode, stdout } = await launchProgram(['doctor'], env).ended;
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/fail +lake +The lake .* was filled from event store/);
    } finally {
      await other.drop();
    }
    await expectComplete();
  });

  it('says what is in the way where it cannot write, and what doctor makes of it', async () => {
    const file = path.join(shop.folder, 'file');
    await writeFile(file, '');
    const env = { ...shop.env, LAKE_URL: file };
    expect(await launchProgram(['export', 'run'], env).ended).toEqual(
      refusal(1, /Error: The lake .* is a file: give LAKE_URL a folder/),
    );
    const { exitCode, stdout } = await launchProgram(['doctor'], env).ended;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/fail +lake +.*The lake .* is a file: give LAKE_URL a folder/);
    expect(await shop.run('doctor')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/ok +lake +.*none yet; the first export creates it/),
    });
    await shop.run('export', 'run');
    expect((await shop.run('doctor')).stdout).toMatch(/ok +lake +file:.*, of this event store/);
  });

  const reason = reasonNotToMount();
  const options = { full: 'size=300k', 'read-only': 'ro' };
  // A file system of its own, which only a process in a name space of its own may mount.
  (reason === undefined ? it.each : it.skip.each)([
    ['full', /the disk is full: make room \(ENOSPC\)/],
    ['read-only', /the file system is read-only \(EROFS\)/],
  ] as const)(`says that the lake’s file system is %s, and ends${reason ?? ''}`, async (kind, message) => {
    const script = `mount -t tmpfs -o ${options[kind]} t /mnt && exec "$0" "$@" 2>&1`;
    const child = await startChild([...OWN_MOUNTS, script, process.execPath, PROGRAM, 'export', 'run'], {
      env: { PATH: process.env.PATH, ...shop.env, LAKE_URL: '/mnt' },
    });
    let output = '';
    for await (const chunk of child.output) output += chunk;
    expect(output).toMatch(message);
    expect(await child.ended).toBe('exit code 1');
  });

  it('ends with 130 at Ctrl-C, and the next run finishes what it began', async () => {
    for (const signals of [1, 2]) {
      await rm(shop.lake, { recursive: true, force: true });
      const { process: child, ended } = launchProgram(['export', 'run'], shop.env);
      await untilCutIsDecided();
      child.kill('SIGINT');
      // The second one ends it where it is; one that comes at once is the first one's echo.
      if (signals === 2) await Promise.race([ended, delay(600)]);
      if (signals === 2) child.kill('SIGINT');
      const { exitCode } = await ended;
      expect(signals === 2 && child.signalCode === 'SIGINT' ? 130 : exitCode).toBe(130);
      expect(await shop.run('export', 'run')).toMatchObject({ exitCode: 0 });
      await expectComplete();
    }
  });
});

describe('tidemark start with its exporter', () => {
  beforeEach(openShop);
  afterEach(closeShop);

  async function start(env: Record<string, string> = {}): Promise<RunningProgram> {
    const program = await startProgram({ ...shop.env, ...env });
    running.push(program);
    return program;
  }

  it('has an order in the lake soon after it was placed, and goes on after a restart', async () => {
    for (const [index, orderId] of ['first', 'second'].entries()) {
      const program = await start();
      await placeOrder(program, orderId);
      await untilRows(SAMPLE_ORDERS + index + 1);
      if (index === 0) {
        expect(await shop.run('export', 'run')).toEqual(
          refusal(1, /Another exporter is working.* Nothing was exported here; --wait waits until it ends\./),
        );
        const waiting = launchProgram(['export', 'run', '--wait'], shop.env);
        await new Promise<void>((resolve) => {
          waiting.process.stderr?.on('data', (text) => /Waiting until it ends/.test(text) && resolve());
        });
        waiting.process.kill('SIGINT');
        expect((await waiting.ended).exitCode).toBe(130);
      }
      expect((await program.end()).exitCode).toBe(0);
      running.pop();
    }
    await expectComplete(SAMPLE_ORDERS + 2, SAMPLE_LINES + 2);
  });

  it('gives way to one that waits when it is frozen, and does no harm when it wakes up', async () => {
    // Its exporter would go on in a process of its own.
    const program = await start({ TIDEMARK_WORKERS: '0' });
    await untilRows(SAMPLE_ORDERS);
    program.process.kill('SIGSTOP');
    await shop.importAgain('T');
    expect(await shop.run('export', 'run', '--wait')).toMatchObject({ exitCode: 0 });
    await expectComplete(2 * SAMPLE_ORDERS, 2 * SAMPLE_LINES);
    program.process.kill('SIGCONT');
    await placeOrder(program, 'later');
    await untilRows(2 * SAMPLE_ORDERS + 1);
    expect((await program.end()).exitCode).toBe(0);
    running.pop();
    await expectComplete(2 * SAMPLE_ORDERS + 1, 2 * SAMPLE_LINES + 1);
  });

  it('exports again what was rolled back, and lets refused events be tried again', async () => {
    const program = await start();
    await untilRows(SAMPLE_ORDERS);
    await placeOrder(program, 'later');
    await untilRows(SAMPLE_ORDERS + 1);
    const oldest = (await snapshotsOf('orders')).at(-1);
    const rolledBack = await shop.run('export', 'rollback', 'orders', '--snapshot', String(oldest?.id));
    expect(rolledBack).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('tidemark start') });
    expect(await shop.run('export', 'redrive')).toMatchObject({
      exitCode: 0,
      stdout: 'No event was refused.\n',
    });
    await untilRows(SAMPLE_ORDERS + 1);
    expect((await program.end()).exitCode).toBe(0);
    running.pop();
    await expectComplete(SAMPLE_ORDERS + 1, SAMPLE_LINES + 1);
  });

  it('ends in order at SIGTERM in the middle of a cut', async () => {
    const program = await start();
    await untilCutIsDecided();
    const { exitCode, stdout } = await program.end();
    running.pop();
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('Not everything ended in time');
    expect(await shop.run('export', 'run')).toMatchObject({ exitCode: 0 });
    await expectComplete();
  });
});

async function placeOrder(program: RunningProgram, orderId: string): Promise<void> {
  const line = { productId: 'mug', unitPrice: '7.50', quantity: 2 };
  const input = { idempotencyKey: orderId, orderId, country: 'France', currency: 'EUR', lines: [line] };
  const response = await fetch(program.at('/graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename } }',
      variables: { input },
    }),
  });
  expect(await response.json()).toEqual({ data: { placeOrder: { __typename: 'OrderAccepted' } } });
}
