import type { Pool } from 'pg';
import type { EventStore } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import type { Projection } from '../projection';

export interface RebuildOptions {
  databaseUrl: string;
  pool: Pool;
  store: EventStore;
  projections: readonly Projection[];
  /**
   * stop after this position, or after what was recorded by this time (Unix milliseconds), and set the result
   * aside
   */
  until?: { position: Position } | { recordedAt: number };
  /**
   * compare the result with the published generation at the same position, and set it aside where they differ
   */
  verify?: boolean;
  /** switch readers to the result; default true */
  switch?: boolean;
  /** park events that a fold refuses, instead of stopping at the first */
  park?: boolean;
  /** events a batch; default 20,000 */
  batchSize?: number;
  signal?: AbortSignal;
  onProgress?: (progress: RebuildProgress) => void;
}

export interface RebuildProgress {
  phase: 'reading' | 'indexing' | 'verifying' | 'switching';
  /** events read so far in this run, of `total` as far as is known */
  done: number;
  total: number;
}
