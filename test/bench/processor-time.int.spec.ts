import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startProcessorTime } from '../../bench/support/processor-time';
import { createTestDatabase } from '../support/database';

/** Ends after 0.2 s of processor time. */
const BUSY = 'while (process.cpuUsage().user < 200_000);';
/** Starts a process that is busy and ends, says so, and then waits for its end. */
const PARENT = `
  const { spawnSync } = require('node:child_process');
  spawnSync(process.execPath, ['-e', ${JSON.stringify(BUSY)}]);
  console.log('done');
  setInterval(() => {}, 1000);`;

const linux = process.platform === 'linux' ? it : it.skip;

linux('counts this process, and nothing of those that it has started', async () => {
  const own = await startProcessorTime({ own: true });
  const nobody = await startProcessorTime({});
  const before = process.cpuUsage();
  while (process.cpuUsage(before).user < 50_000);
  const { user, system } = process.cpuUsage(before);
  expect(own.seconds()).toBeGreaterThanOrEqual((user + system) / 1e6);
  expect(nobody.seconds()).toBe(0);
});

linux('counts a process with those that it has started, ended ones too, once', async () => {
  const parent = spawn(process.execPath, ['-e', PARENT], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const tree = await startProcessorTime({ trees: [parent.pid] });
    const twice = await startProcessorTime({ trees: [parent.pid, parent.pid] });
    await once(parent.stdout, 'data');
    const seconds = tree.seconds();
    expect(seconds).toBeGreaterThan(0.15);
    expect(twice.seconds()).toBeLessThan(seconds * 1.5);
    expect(tree.perEvent(100)).toBeGreaterThan(1_500);
  } finally {
    parent.kill();
    await once(parent, 'close');
  }
});

linux('refuses to read the time of a process that has ended', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
  const time = await startProcessorTime({ trees: [child.pid] });
  child.kill();
  await once(child, 'close');
  expect(() => time.seconds()).toThrow(`Process ${child.pid} has ended`);
});

linux('counts the sessions of PostgreSQL', async () => {
  const { pool, drop } = await createTestDatabase();
  const postgres = await startProcessorTime({ pool });
  await pool.query('SELECT count(*) FROM generate_series(1, 3000000) AS n WHERE n % 7 = 3');
  expect(postgres.seconds()).toBeGreaterThan(0.02);
  await drop();
});
