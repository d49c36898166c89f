import type { Holiday } from '../model/date.dimension';

/** What a load is doing, for a progress line and the log. */
export interface LoadProgress {
  step: 'read' | 'statement' | 'commit' | 'publish';
  /** what is read or done, such as `order_lines` or `merge stg_orders` */
  name: string;
  /** rows of this step */
  rows: number;
  filesRead: number;
  filesTotal: number;
}

export interface LoadOptions {
  /** every holiday there is; default: none */
  holidays?: readonly Holiday[];
  /** Unix milliseconds; default now */
  now?: () => number;
  onProgress?: (progress: LoadProgress) => void;
  /** ends the load between two steps; nothing of it stays */
  signal?: AbortSignal;
}

export interface LoadResult {
  files: number;
  /** in these files */
  rows: number;
  /** how many rows were written, by table */
  written: Record<string, number>;
  /** up to where the warehouse has the log now; null when neither lake nor warehouse says */
  through: string | null;
}
