import type { Logger } from 'pino';
import type { Generation } from '../engine/generations';
import type { Projection } from '../projection';
import { rebuild } from '../rebuild/rebuild';
import type { RebuildOptions } from '../rebuild/rebuild-options';

interface OutdatedRebuildsOptions extends Pick<RebuildOptions, 'databaseUrl' | 'pool' | 'store'> {
  logger: Logger;
  stopping: AbortSignal;
  /** is called when a rebuild has ended, well or not */
  onEnded: () => void;
}

/**
 * Rebuilds projections whose code has another version than their published generation. That one stays as it
 * is until its successor has caught up and takes its place.
 */
export class OutdatedRebuilds {
  private readonly running = new Map<string, Promise<void>>();
  private readonly failed = new Set<string>();

  constructor(private readonly options: OutdatedRebuildsOptions) {}

  get isRunning(): boolean {
    return this.running.size > 0;
  }

  /**
   * Begins a rebuild, unless one is running. One that has failed is not tried again until the next start: it
   * would fail the same way, at the cost of the live projections.
   */
  begin(projection: Projection, published: Generation): void {
    const { name, version } = projection;
    if (this.running.has(name) || this.failed.has(name)) return;
    const from = published.version;
    this.options.logger.info({ projection: name, from, to: version }, 'rebuilding for a new version');
    const work = this.run(projection).finally(() => {
      this.running.delete(name);
      this.options.onEnded();
    });
    this.running.set(name, work);
  }

  /** Resolves when no rebuild is running any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.running.values());
  }

  private async run(projection: Projection): Promise<void> {
    const { logger, stopping, ...options } = this.options;
    const { name, version } = projection;
    try {
      await rebuild({ ...options, projections: [projection], signal: stopping });
      logger.info({ projection: name, version }, 'rebuilt and switched');
    } catch (error) {
      if (stopping.aborted) return;
      this.failed.add(name);
      logger.error({ err: error, projection: name }, 'rebuild failed, the old version stays published');
    }
  }
}
