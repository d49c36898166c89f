import type { Projection } from '../projection';
import { projections } from '../read-models/catalogue';
import { startPartitionProjector } from './partition-projector';
import type { PartitionProjectorOptions } from './projections-reader';
import { startProjector } from './store-projector';

export interface ProjectorsOptions extends Omit<PartitionProjectorOptions, 'projections' | 'kafka'> {
  /** absent: there is no Kafka, and all projections are fed from the event store */
  kafka?: PartitionProjectorOptions['kafka'];
}

/** The order within a stream is enough for it, so any process may fold any part of the log. */
export const isPerKey = ({ ordering }: Projection): boolean => ordering === 'per-key';

/**
 * Keeps every projection of the catalogue live. Where there is Kafka, it feeds those to which only the order
 * within a stream matters.
 */
export function startProjectors(options: ProjectorsOptions): { stop(): Promise<void> } {
  const { kafka } = options;
  const isFedElsewhere = (projection: Projection) => kafka !== undefined && isPerKey(projection);
  const projector = startProjector({ ...options, isFedElsewhere });
  const partitions =
    kafka && startPartitionProjector({ ...options, kafka, projections: projections.filter(isFedElsewhere) });
  return {
    async stop() {
      await partitions?.stop();
      await projector.stop();
    },
  };
}
