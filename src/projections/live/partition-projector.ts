import { keepTrying } from '../../concurrency/keep-trying';
import { AdvanceNotifier } from '../progress/advance';
import { type PartitionProjectorOptions, ProjectionsReader } from './projections-reader';

export interface PartitionProjector {
  stop(): Promise<void>;
}

/**
 * Keeps the `per-key` projections live from Kafka, together with any number of other processes: a consumer
 * group deals the partitions among them. After a failure it starts again from the checkpoints, with growing
 * pauses.
 */
export function startPartitionProjector(options: PartitionProjectorOptions): PartitionProjector {
  const stopping = new AbortController();
  const running = run(options, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function run(options: PartitionProjectorOptions, stopping: AbortSignal): Promise<void> {
  const notifier = new AdvanceNotifier(options.pool);
  const readOnce = async (well: () => void) => {
    const reader = new ProjectionsReader({ ...options, notifier, stopping, well });
    try {
      await reader.read();
    } finally {
      await reader.close();
    }
  };
  await keepTrying(stopping, readOnce, {
    logger: options.logger,
    failed: 'projector: reading Kafka failed',
    overtaken: 'projections moved, starting from their checkpoints',
  });
  await notifier.flush();
}
