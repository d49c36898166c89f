import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Role } from '../src/runtime/config';
import { type Child, startChild } from './child-process';
import { parseLine, type RoleLine } from './role-log';

const PROGRAM = join(__dirname, '../bin/tidemark.js');
const RUNNING = 'Tidemark is running';

export interface RoleProcess extends Child {
  /** resolves when the role runs, to its URL if it has one; rejects when the process ends before that */
  running: Promise<string | undefined>;
}

/** Runs `tidemark start` with one role. */
export async function startRole(
  role: Role,
  env: NodeJS.ProcessEnv,
  onLine: (line: RoleLine) => void,
): Promise<RoleProcess> {
  const command = [process.execPath, '--max-semi-space-size=64', PROGRAM, 'start', '--roles', role];
  const child = await startChild(command, { env });
  const running = new Promise<string | undefined>((resolve, reject) => {
    createInterface(child.output).on('line', (text) => {
      const line = parseLine(text);
      onLine(line);
      if (line.entry?.msg === RUNNING) resolve(line.entry.url);
    });
    void child.ended.then((how) => reject(new Error(`The ${role} did not start (${how})`)));
  });
  // The failure may come before anybody awaits `running`.
  running.catch(() => {});
  return { ...child, running };
}
