import { spawnSync } from 'node:child_process';

/** Runs a shell script (and its arguments) that may mount file systems nobody else sees. */
export const OWN_MOUNTS = ['unshare', '-rm', 'sh', '-c'] as const;

/** Why no file system can be mounted here, for the title of a skipped spec; undefined where one can. */
export function reasonNotToMount(): string | undefined {
  const [command, ...args] = OWN_MOUNTS;
  const { status } = spawnSync(command, [...args, 'mount -t tmpfs t /mnt']);
  return status === 0 ? undefined : ' (skipped: no file system may be mounted here)';
}
