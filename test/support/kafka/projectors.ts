import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { projections } from '../../../src/projections/catalogue';
import type { ProcessOptions } from './projector-process';

/** Resolves when every published read model has everything up to a position. */
export async function untilProjected(pool: Pool, position: string): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ behind: string }>(
      `SELECT $2 - count(*) AS behind FROM read.projections WHERE position >= $1`,
      [position, projections.length],
    );
    if (Number(rows[0]?.behind) === 0) return;
    await delay(50);
  }
}

const ROOT = join(__dirname, '../../..');

/** What keeps the projections live, in a process of its own, which can be killed. */
export function spawnProjectors(databaseUrl: string, options: ProcessOptions): ChildProcess {
  return spawn(
    process.execPath,
    [
      join(ROOT, 'test/support/run-typescript.js'),
      join(__dirname, 'projector-process.ts'),
      databaseUrl,
      JSON.stringify(options),
    ],
    { stdio: ['ignore', process.env.LOG_LEVEL ? 'inherit' : 'ignore', 'inherit'] },
  );
}

export async function killAll(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}
