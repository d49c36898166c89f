import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '../peer');

/** A package that Tidemark is held against: it is installed on first use, apart from the project's own. */
export function requirePeer<T>(name: string, file = ''): { version: string; module: T } {
  const folder = join(FOLDER, 'node_modules', name);
  if (!existsSync(folder))
    execFileSync('npm', ['ci', '--prefix', FOLDER, '--no-audit', '--no-fund'], { stdio: 'inherit' });
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { version, module: require(join(folder, file)) as T };
}
