import { Worker } from 'node:worker_threads';

/** A hung event loop sees no channel close. */
const WATCH = `
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, 1000);
`;

/**
 * From now on this process is killed within a second or so of its parent's end, also while its own event loop
 * hangs: a thread of its own looks.
 */
export function endWithParent(): void {
  const thread = new Worker(WATCH, { eval: true });
  thread.unref();
  // Without it, the channel to the parent is all there is.
  thread.on('error', () => {});
}
