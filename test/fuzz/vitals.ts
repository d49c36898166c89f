import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

const SAMPLE_MS = 1_000;
const WORKER = `
  process.argv[1] = ${JSON.stringify(join(__dirname, 'watch-livez.ts'))};
  process.argv.splice(1, 0, 'run-typescript');
  require(${JSON.stringify(join(__dirname, '../support/run-typescript.js'))});
`;

/** How a server fared while it was watched. */
export interface Vitals {
  /** the longest that /livez took, milliseconds */
  longestStallMs: number;
  /** how many of its answers took over half a second */
  stalls: number;
  /** /livez could not be asked: what the system said */
  unreachable: string[];
  /** resident memory, bytes, a sample a second */
  memory: number[];
}

/** An answer of /livez that takes longer is a stall. */
export const STALL_MS = 500;

/** Watches a server from a thread of its own. */
export class Watch {
  readonly vitals: Vitals = { longestStallMs: 0, stalls: 0, unreachable: [], memory: [] };
  private readonly worker: Worker;
  private readonly sampling: NodeJS.Timeout;

  /** @param url of the server @param pid of its process */
  constructor(url: string, pid: number) {
    this.worker = new Worker(WORKER, { eval: true, workerData: url });
    this.worker.on('message', (seen: number | string) => {
      if (typeof seen === 'string') this.vitals.unreachable.push(seen);
      else {
        this.vitals.longestStallMs = Math.max(this.vitals.longestStallMs, seen);
        if (seen > STALL_MS) this.vitals.stalls++;
      }
    });
    this.sampling = setInterval(() => this.vitals.memory.push(residentBytes(pid)), SAMPLE_MS);
  }

  async end(): Promise<void> {
    clearInterval(this.sampling);
    await this.worker.terminate();
  }
}

/** From /proc, where there is one; else 0. */
function residentBytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Mean memory of a stretch of the samples, from and to as parts of the whole; bytes. */
export function meanMemory({ memory }: Vitals, from: number, to: number): number {
  const stretch = memory.slice(Math.floor(memory.length * from), Math.ceil(memory.length * to));
  return stretch.reduce((sum, bytes) => sum + bytes, 0) / Math.max(1, stretch.length);
}
