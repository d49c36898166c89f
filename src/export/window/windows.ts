import { DuckDb, type DuckDbSession } from '../../duckdb/duckdb';
import { LogWindow } from './log-window';

/** Of DuckDB, for both windows and the files that are being written; the rest goes to the disk. */
const MEMORY_MB = 256;

/** Two windows of one DuckDB: one is read while the rows of the other are written. */
export class Windows {
  private turn = 0;

  private constructor(
    private readonly duckdb: DuckDb,
    private readonly session: DuckDbSession,
    private readonly windows: readonly [LogWindow, LogWindow],
  ) {}

  /** @param temporaryFolder DuckDB makes and removes it as needed */
  static async open(temporaryFolder: string): Promise<Windows> {
    const duckdb = await DuckDb.open({ memoryLimitMb: MEMORY_MB, temporaryFolder });
    const windows = [await LogWindow.open(duckdb, 'one'), await LogWindow.open(duckdb, 'other')] as const;
    return new Windows(duckdb, await duckdb.connect(), windows);
  }

  /** The window that was used longer ago. */
  next(): LogWindow {
    return this.windows[this.turn++ % 2] as LogWindow;
  }

  /** Gives up the events of a window, and returns their memory to the system. */
  async clear(window: LogWindow): Promise<void> {
    await window.clear();
    await this.duckdb.trim(this.session);
  }

  close(): void {
    for (const window of this.windows) window.close();
    this.session.close();
    this.duckdb.close();
  }
}
