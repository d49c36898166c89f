import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Earlier releases let several writers win one key. */
const VERSION = 'v1.8.0';
const PACKAGE = `github.com/versity/versitygw/cmd/versitygw@${VERSION}`;
const INSTALL_WITHIN_MS = 15 * 60_000;

/**
 * The path of the program of Versity S3 Gateway, outside the source tree. The first call on a machine builds
 * it with Go. The call blocks, because a suite has to know whether it is skipped before it is declared.
 * @throws Error when there is no Go on this machine, or it cannot build the server
 */
export function versitygwBinary(): string {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidemark');
  const binary = join(cache, `versitygw-${VERSION}`);
  if (existsSync(binary)) return binary;
  const { error } = spawnSync('go', ['version']);
  if (error) throw new Error(`Go is needed to build an S3 server: install it (${error.message})`);
  mkdirSync(cache, { recursive: true });
  const built = mkdtempSync(join(cache, 'building-'));
  try {
    const { status, stderr } = spawnSync('go', ['install', '-ldflags=-s -w', PACKAGE], {
      encoding: 'utf8',
      timeout: INSTALL_WITHIN_MS,
      env: { ...process.env, CGO_ENABLED: '0', GOBIN: built },
    });
    if (status !== 0) throw new Error(`go install ${PACKAGE} failed: ${stderr.trim().slice(-500)}`);
    renameSync(join(built, 'versitygw'), binary);
  } finally {
    rmSync(built, { recursive: true, force: true });
  }
  return binary;
}
