import type { Producer } from 'kafkajs';
import type { Position } from '../event-store/position';
import { anomalyArrivals } from './anomaly-arrivals';
import type { ChangeSource, ReadModelChangeKind } from './change';
import type { AggregateCheckpoints } from './checkpoints';
import { orderChanges } from './order-changes';
import { rfmMoves } from './rfm-moves';
import { toMessage } from './to-message';

const KINDS: readonly ReadModelChangeKind[] = [orderChanges, rfmMoves, anomalyArrivals];

const ALL_REPLICAS = -1;

/** Where changes are sent. */
export interface AggregateTopic {
  /** with the prefix */
  name: string;
  producer: Producer;
  /** of every CloudEvent */
  source: string;
}

/**
 * Publishes the next changes of each kind, a bounded number. A checkpoint moves once all replicas have the
 * changes before it. So a process that dies in between publishes changes twice, and loses none.
 * @returns whether there are more
 * @throws CheckpointMovedError, or whatever the database or Kafka has to say
 */
export async function publishNext(
  source: ChangeSource,
  checkpoints: AggregateCheckpoints,
  topic: AggregateTopic,
): Promise<boolean> {
  const positions = await publishedPositions(source, checkpoints.storeIdentity);
  let isMore = false;
  for (const kind of KINDS) {
    const after = checkpoints.position(kind.type);
    const published = positions.get(kind.projection);
    // A read model that was never built has no position yet; one that was rolled back may have an older one.
    if (published === undefined || published <= after) continue;
    const { changes, through } = await kind.read(source, after, published);
    const messages = changes.map((change) => toMessage(kind.type, change, topic.source));
    if (messages.length > 0) await topic.producer.send({ topic: topic.name, acks: ALL_REPLICAS, messages });
    await checkpoints.move(kind.type, through);
    isMore ||= through < published;
  }
  return isMore;
}

async function publishedPositions(
  { pool }: ChangeSource,
  storeIdentity: string,
): Promise<Map<string, Position>> {
  const { rows } = await pool.query<{ projection: string; position: Position }>(
    `SELECT projection, position FROM tidemark.generations WHERE status = 'active' AND store_identity = $1`,
    [storeIdentity],
  );
  return new Map(rows.map(({ projection, position }) => [projection, position]));
}
