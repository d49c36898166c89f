import { writeSync } from 'node:fs';
import type { MaintainedObjectStore } from '../../../src/lake/object-store/object-store';
import { withMembers } from '../with-members';

/** What a process does to itself at one of its writes to the lake. */
export interface Fault {
  signal: 'SIGKILL' | 'SIGSTOP';
  when: 'before' | 'after';
  /** 1 is its first; every object that is deleted counts as one */
  write: number;
  /** its first is the one of a key that has this in it; default: any */
  from?: string;
}

/** What a process says on stdout just before it. */
export const STRUCK = 'struck';

/** Of this process, however often it opens the store: it meets its fault once. */
let writes = 0;

/**
 * A store whose process meets a fault at one of the writes. Reads, and everything else, are those of `store`.
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
