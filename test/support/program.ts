import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What `node` runs. */
export const PROGRAM = join(__dirname, '../../dist/cli/main.js');

export interface Outcome {
  /** null when a signal ended it */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

type Environment = Record<string, string>;

/** The program gets nothing of the caller's configuration, nor a .env of its folder. */
function options(env: Environment, cwd = __dirname) {
  const { PATH, HOME, TMPDIR } = process.env;
  return { cwd, env: { PATH, HOME, TMPDIR, ...env } };
}

/** Runs `tidemark <args>` to its end. @param cwd where */
export function runProgram(args: string[], env: Environment = {}, cwd?: string): Promise<Outcome> {
  return launchProgram(args, env, cwd).ended;
}

/** `tidemark <args>`, for specs that do something to it while it runs. */
export function launchProgram(
  args: string[],
  env: Environment = {},
  cwd?: string,
): { process: ChildProcess; ended: Promise<Outcome> } {
  let end: (outcome: Outcome) => void;
  const ended = new Promise<Outcome>((resolve) => {
    end = resolve;
  });
  const child = execFile(
    process.execPath,
    [PROGRAM, ...args],
    { ...options(env, cwd), maxBuffer: 64 * 1024 ** 2 },
    (_error, stdout, stderr) => end({ exitCode: child.exitCode, stdout, stderr }),
  );
  return { process: child, ended };
}

/** A `tidemark start` that serves. */
export interface RunningProgram {
  process: ChildProcess;
  /** where it listens, e.g. http://127.0.0.1:4000 */
  url: string;
  /** a path there, e.g. `/graphql` */
  at(path: string): string;
  /** Sends a signal (default SIGTERM) and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<Outcome>;
}

/** Starts `tidemark start` on a free port and waits until it serves. */
export async function startProgram(env: Environment, args: string[] = []): Promise<RunningProgram> {
  const child = spawn(process.execPath, [PROGRAM, 'start', ...args], {
    ...options({ PORT: '0', ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const ended = once(child, 'close').then((): Outcome => ({ exitCode: child.exitCode, ...output }));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      output.stdout += `${line}\n`;
      const entry = JSON.parse(line) as { url?: string };
      if (entry.url) resolve(entry.url);
    });
    ended.then(({ stdout, stderr }) => reject(new Error(`tidemark start ended early:\n${stdout}${stderr}`)));
  });
  return {
    process: child,
    url,
    at: (path) => new URL(path, url).href,
    end(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}
