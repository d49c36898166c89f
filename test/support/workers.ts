import { readFileSync } from 'node:fs';

/** A worker, as /readyz tells of it. */
export interface ToldWorker {
  status: string;
  pid: number;
  restarts: number;
  lastEnd?: { reason: string; at: string };
}

/** The workers of a `tidemark start`, by role. */
export async function workersOf(url: string): Promise<Record<string, ToldWorker>> {
  const answer = await fetch(new URL('/readyz', url));
  return ((await answer.json()) as { workers?: Record<string, ToldWorker> }).workers ?? {};
}

/** Whether a process runs; one that has ended and was not waited for yet does not. */
export function runs(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}
