import { execFile } from 'node:child_process';
import { chmod, chown, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { StartupError } from '../errors';

const run = promisify(execFile);

/** The user that the server's programs run as. PostgreSQL refuses to run as root. */
export interface RunAs {
  /** what to put before a program, e.g. `unshare --user ...` */
  prefix: readonly string[];
  /** user and group to change to; also the owner of the files made for the server */
  owner?: Owner;
}

export interface Owner {
  uid: number;
  gid: number;
}

/**
 * Decides how to run PostgreSQL on the files of `folder`, whose parent exists. An ordinary user runs it as
 * is. Root runs it as the user that owns the folder or its parent, if that is another. Else root runs it in a
 * user namespace, in which root's files belong to an ordinary user. Without namespaces the user is `postgres`
 * or `nobody`, and the folder must be given to it.
 */
export async function chooseRunAs(folder: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const { uid, gid } = await stat(folder).catch(() => stat(dirname(folder)));
  if (uid !== 0) return { prefix: [], owner: { uid, gid } };
  const user = await ordinaryUser();
  const prefix = ['unshare', '--user', `--map-user=${user.uid}`, `--map-group=${user.gid}`];
  return (await succeeds(run('unshare', [...prefix.slice(1), 'true'])))
    ? { prefix }
    : { prefix: [], owner: user };
}

/** Makes a folder private to the user that the server runs as. */
export async function makePrivate({ owner }: RunAs, folder: string): Promise<void> {
  const { uid, mode } = await stat(folder);
  // A folder with the sticky bit, such as /tmp, is for everybody.
  if (uid !== process.getuid?.() || (mode & 0o1000) !== 0) return;
  if (owner && owner.uid !== uid) await chown(folder, owner.uid, owner.gid);
  if ((mode & 0o077) !== 0) await chmod(folder, 0o700);
}

/** Gives a folder and all that is in it to the user that the server runs as. */
export async function giveTo({ owner }: RunAs, folder: string): Promise<void> {
  if (owner) await run('chown', ['-R', `${owner.uid}:${owner.gid}`, folder]);
}

/** @throws StartupError when the user that the server runs as cannot reach these files or folders */
export async function checkReachable({ owner }: RunAs, paths: readonly string[]): Promise<void> {
  if (!owner) return;
  for (const path of paths) {
    if (await succeeds(run('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { cwd: '/', ...owner }))) continue;
    throw new StartupError(
      `PostgreSQL does not run as root, and user ${owner.uid}, as which it would run, ` +
        `cannot reach ${path}. ` +
        'Run Tidemark as an ordinary user, or put TIDEMARK_DATA_DIR and the program where that user may ' +
        'enter.',
    );
  }
}

const succeeds = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => true,
    () => false,
  );

/** A user of the system: initdb needs a user that has a name. */
async function ordinaryUser(): Promise<Owner> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const users = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid > 0);
  const user =
    users.find(({ name }) => name === 'postgres') ?? users.find(({ name }) => name === 'nobody') ?? users[0];
  if (!user)
    throw new StartupError(
      'PostgreSQL does not run as root, and this system has no other user in /etc/passwd',
    );
  return { uid: user.uid, gid: user.gid };
}

/** Keeps the caller's environment from configuring the server (PGDATA, PGPORT, a locale ...). */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, LD_LIBRARY_PATH } = process.env;
  return { PATH, TMPDIR, LD_LIBRARY_PATH, LC_ALL: 'C' };
}
