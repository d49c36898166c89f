import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BenchOptions } from './bench';

const PROGRAM = join(__dirname, '../../bin/tidemark.js');

/** The built program on a folder of its own, as users run it. */
export interface BenchedProgram {
  process: ChildProcess;
  /** of `start`: where it listens */
  url: string;
  /**
   * Waits for its end, which a signal hastens, and says what it used.
   */
  end(signal?: NodeJS.Signals): Promise<ProgramUsage>;
}

export interface ProgramUsage {
  stdout: string;
  /** of the process itself, without those that it started */
  peakRssBytes: number;
  /** user and system time of the process, and of those that it started and that ended before it */
  cpuSeconds: number;
}

/** Runs `tidemark <args>`; `start` is waited for until it serves. */
export async function startBenched(
  args: string[],
  { folder, profiles }: BenchOptions,
  env: Record<string, string> = {},
): Promise<BenchedProgram> {
  const usage = join(folder, `usage-${args[0]}`);
  if (profiles !== undefined) mkdirSync(profiles, { recursive: true });
  // As a user starts it, with the options of its first line; only --cpu-prof has no other place than the
  // command line.
  const child = spawn(
    profiles === undefined ? PROGRAM : process.execPath,
    profiles === undefined ? args : ['--cpu-prof', `--cpu-prof-dir=${profiles}`, PROGRAM, ...args],
    {
      cwd: folder,
      env: {
        ...process.env,
        TIDEMARK_DATA_DIR: join(folder, 'data'),
        PORT: '0',
        NODE_ENV: 'production',
        ...env,
        NODE_OPTIONS: `--require ${join(__dirname, 'report-usage.js')}`,
        BENCH_USAGE: usage,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  // However the bench ends, the program does not outlive it.
  const kill = () => child.kill();
  process.once('exit', kill);
  const closed = once(child, 'close').finally(() => process.off('exit', kill));
  let stdout = '';
  const listening = new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      stdout += `${line}\n`;
      const url = args[0] === 'start' ? /"url":"([^"]+)"/.exec(line)?.[1] : undefined;
      if (url !== undefined) resolve(url);
    });
    closed.then(() => reject(new Error(`tidemark ${args.join(' ')} ended early:\n${stdout}`)));
  });
  listening.catch(() => {});
  const url = args[0] === 'start' ? await listening : '';
  return {
    process: child,
    url,
    async end(signal) {
      if (signal !== undefined) child.kill(signal);
      await closed;
      if (child.exitCode !== 0)
        throw new Error(`tidemark ${args.join(' ')} ended with ${child.exitCode}:\n${stdout}`);
      const used = JSON.parse(await readFile(`${usage}-${child.pid}.json`, 'utf8'));
      return { stdout, ...(used as Omit<ProgramUsage, 'stdout'>) };
    },
  };
}
