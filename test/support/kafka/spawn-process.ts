import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const RUN_TYPESCRIPT = join(__dirname, '../run-typescript.js');

/**
 * Starts one of the processes of `runProcess`, which can be killed. With LOG_LEVEL its log is shown.
 * @param script file name in this folder
 */
export function spawnProcess(script: string, databaseUrl: string, options: object): ChildProcess {
  return spawn(
    process.execPath,
    [RUN_TYPESCRIPT, join(__dirname, script), databaseUrl, JSON.stringify(options)],
    { stdio: ['ignore', process.env.LOG_LEVEL ? 'inherit' : 'ignore', 'inherit'] },
  );
}
