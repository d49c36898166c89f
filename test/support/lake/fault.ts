import { writeSync } from 'node:fs';
import type { MaintainedObjectStore } from '../../../src/lake/object-store/object-store';
import { withMembers } from '../with-members';

/** The signal that a process sends itself at one of its writes to the lake. */
export interface Fault {
  signal: 'SIGKILL' | 'SIGSTOP';
  when: 'before' | 'after';
  /** number of the write, from 1; every deleted object counts as a write */
  write: number;
  /** counting begins with the first key that contains this; default: with the first key */
  from?: string;
}

/** What the process writes to stdout just before its fault. */
export const STRUCK = 'struck';

/** Writes of this process, however often it opens the store: it meets its fault once. */
let writes = 0;

/**
 * A store whose process meets a fault at one of its writes. All else is as in `store`.
 */
export function withFault(store: MaintainedObjectStore, fault: Fault): MaintainedObjectStore {
  async function counted<T>(key: string, write: () => Promise<T>): Promise<T> {
    if (writes > 0 || key.includes(fault.from ?? '')) writes++;
    const isTheOne = writes === fault.write;
    if (isTheOne && fault.when === 'before') strike(fault);
    const result = await write();
    if (isTheOne && fault.when === 'after') strike(fault);
    return result;
  }
  return withMembers(store, {
    put: (key, body) => counted(key, () => store.put(key, body)),
    putIfAbsent: (key, body) => counted(key, () => store.putIfAbsent(key, body)),
    putFileIfAbsent: (key, path) => counted(key, () => store.putFileIfAbsent(key, path)),
    async delete(keys) {
      for (const key of keys) await counted(key, () => store.delete([key]));
    },
  });
}

function strike({ signal }: Fault): void {
  writeSync(1, `${STRUCK}\n`);
  process.kill(process.pid, signal);
}
