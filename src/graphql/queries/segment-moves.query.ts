import type { Segment, Tier } from '../../domain/rfm';
import type { Position } from '../../event-store/position';
import type { SegmentMove } from '../types/segment-move.type';
import { AS_OF, type AsOfRow, type Reader, readRows } from './snapshot';

interface MoveRow extends AsOfRow {
  position: string | null;
  customer_id: string;
  from_segment: Segment | null;
  to_segment: Segment | null;
  from_tier: Tier | null;
  to_tier: Tier | null;
  cause: string;
  document_id: string;
  occurred_at: Date;
}

/**
 * The next moves in the order of the log.
 * @returns at most `limit` of them, and the position up to which there are no others
 */
export async function readMovesAfter(
  reader: Reader,
  after: Position,
  limit: number,
): Promise<{ items: SegmentMove[]; through: Position }> {
  const rows = await readRows<MoveRow>(
    reader,
    `SELECT ${AS_OF}, m.*
       FROM read.projections p
       LEFT JOIN LATERAL (
         SELECT m.position, m.customer_id, m.from_segment, m.to_segment, m.from_tier, m.to_tier, m.cause,
                m.document_id, m.occurred_at
           FROM read.rfm_moves m WHERE m.position > $1 ORDER BY m.position LIMIT $2) m ON true
      WHERE p.projection = 'rfm'
      ORDER BY m.position`,
    [after, limit],
  );
  const items = rows.flatMap((row) => (row.position === null ? [] : [moveView(row, row.position)]));
  const through = items.length === limit ? items.at(-1)?.position : rows[0]?.as_of_position;
  return { items, through: through ?? after };
}

function moveView(row: MoveRow, position: Position): SegmentMove {
  return {
    customerId: row.customer_id,
    fromSegment: row.from_segment,
    toSegment: row.to_segment,
    fromTier: row.from_tier,
    toTier: row.to_tier,
    cause: row.cause,
    documentId: row.document_id,
    position,
    at: row.occurred_at.getTime(),
  };
}
