import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ProcessOptions as ExporterOptions } from './exporter-process';
import { STRUCK } from './fault';
import type { ProcessOptions as MaintenanceOptions } from './maintenance-process';

const RUN_TYPESCRIPT = join(__dirname, '../run-typescript.js');

/** Options of an exporter, without the place of its lake. */
export type VictimOptions = Omit<ExporterOptions, 'folder' | 'lake'>;

interface ProcessEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
}

/** A process that works on a lake and meets a fault: its own, or a signal from outside. */
export class Victim {
  /** it has met its own fault: it is stopped, or about to be dead */
  struck = false;
  /** how it ended; undefined while it lives */
  end: ProcessEnd | undefined;
  readonly exited: Promise<unknown>;

  private constructor(private readonly process: ChildProcess) {
    // 'exit' may come before its last output.
    this.exited = once(process, 'close').then(([exitCode, signal]) => {
      this.end = { exitCode, signal };
    });
    process.stdout?.on('data', (said: Buffer) => {
      this.struck ||= said.toString().includes(STRUCK);
    });
  }

  /** A process that exports the log to a lake until it is ended, whatever fails. */
  static exporter(databaseUrl: string, options: ExporterOptions): Victim {
    return Victim.spawn('exporter-process.ts', databaseUrl, JSON.stringify(options));
  }

  /** A process that compacts or expires every table of a lake, and ends. */
  static maintenance(options: MaintenanceOptions): Victim {
    return Victim.spawn('maintenance-process.ts', JSON.stringify(options));
  }

  private static spawn(script: string, ...parameters: string[]): Victim {
    return new Victim(
      spawn(process.execPath, [RUN_TYPESCRIPT, join(__dirname, script), ...parameters], {
        stdio: ['ignore', 'pipe', 'inherit'],
        // A spec has put its credentials there.
        env: process.env,
      }),
    );
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Ends the process by a signal, if it lives. */
  async endBy(signal: NodeJS.Signals): Promise<void> {
    if (!this.end) this.signal(signal);
    await this.exited;
  }
}
