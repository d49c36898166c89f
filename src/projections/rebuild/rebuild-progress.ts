import type { RebuildOptions, RebuildProgress } from './rebuild-options';

/** Counts the events that a rebuild reads, and reports them to `onProgress`. */
export interface ProgressReport {
  /** a pass over the log begins, which will read so many events */
  pass(events: number): void;
  read(events: number): void;
  phase(phase: RebuildProgress['phase']): void;
}

export function reportProgress({ onProgress }: RebuildOptions): ProgressReport {
  const progress: RebuildProgress = { phase: 'reading', done: 0, total: 0 };
  return {
    pass(events) {
      progress.phase = 'reading';
      progress.total = progress.done + events;
    },
    read(events) {
      progress.done += events;
      onProgress?.({ ...progress });
    },
    phase(phase) {
      progress.phase = phase;
      onProgress?.({ ...progress });
    },
  };
}
