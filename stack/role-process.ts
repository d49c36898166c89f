import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Role } from '../src/runtime/config';
import { type Child, startChild } from './child-process';
import { parseLine, type RoleLine } from './role-log';

const PROGRAM = join(__dirname, '../bin/tidemark.js');
const RUNNING = 'Tidemark is running';

export interface RoleProcess extends Child {
  /** resolves when it runs, to where it listens if it does; rejects when it ends before */
  running: Promise<string | undefined>;
}

/** Starts `tidemark start` with one role. */
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
  // Whoever waits for it sees it.
  running.catch(() => {});
  return { ...child, running };
}
