import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROGRAM } from './program';

/** A fenced block of a page. */
export interface Snippet {
  /** what stands behind the fence, such as `sh` */
  language: string;
  text: string;
}

export const snippetsOf = (page: string): Snippet[] =>
  [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));

/** @throws Error where the machine has no such program */
export function needProgram(name: string): void {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
  } catch {
    throw new Error(`${name} is needed`);
  }
}

/**
 * A bash in a folder, for pasting a snippet. `npx tidemark` is the built program.
 * @param folder holds what the commands write; its `bin` comes first in PATH
 */
export async function openShell(folder: string): Promise<(script: string, cwd?: string) => Promise<string>> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const npx = join(bin, 'npx');
  await writeFile(
    npx,
    `#!/bin/sh\n[ "$1" = tidemark ] || exit 127\nshift\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`,
  );
  await chmod(npx, 0o755);
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { PATH: `${bin}:${PATH}`, HOME, TMPDIR };
  return (script, cwd = folder) =>
    new Promise((resolve, reject) => {
      const args = ['-e', '-o', 'pipefail', '-c', script];
      execFile('bash', args, { cwd, env, timeout: 300_000 }, (error, stdout, stderr) =>
        error ? reject(new Error(`${script}\n${error.message}\n${stdout}${stderr}`)) : resolve(stdout),
      );
    });
}
