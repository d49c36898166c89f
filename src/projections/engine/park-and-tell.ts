import type { Logger } from 'pino';
import type { Projection } from '../projection';
import type { PoisonOptions } from './batch-runner';

/**
 * Live, the stream of a refused event is parked, and the process's log says so.
 * @param signal ends the parking of a batch
 */
export function parkAndTell({ name }: Projection, logger: Logger, signal: AbortSignal): PoisonOptions {
  return {
    onPoison: 'park',
    signal,
    onParked: ({ stream, position, type }, reason) =>
      logger.error(
        { projection: name, stream, position, type, reason },
        `event parked: its stream waits for \`tidemark projections retry ${name}\``,
      ),
  };
}
