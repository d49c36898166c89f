import type { Position } from '../../event-store/position';
import type { Environment } from '../config-reader';

/** What a worker is told, in this order: what to work with, and later to end. */
export type ToWorker =
  | {
      kind: 'work';
      /** what its configuration is read from: that of the process that started it */
      environment: Environment;
      /** of the database that is open already; holds the password */
      databaseUrl: string;
    }
  | { kind: 'stop' };

/** What a worker tells: that it lives, every second; and why it ends, if it knows. */
export type FromWorker = { kind: 'beat'; beat: Beat } | { kind: 'failed'; reason: string };

/** How a worker is. */
export interface Beat {
  /** processor time since it was started, user and system; seconds */
  cpuSeconds: number;
  residentBytes: number;
  /** of the exporter: how far the lake has the log; absent while another process has the lake */
  lakePosition?: Position;
}

/** How often a worker says that it lives. */
export const BEAT_MS = 1_000;
