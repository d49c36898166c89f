import type { Position } from '../event-store/position';
import { rowChanges } from './change';

interface MoveRow {
  position: Position;
  customer_id: string;
  from_segment: string | null;
  to_segment: string | null;
  from_tier: string | null;
  to_tier: string | null;
  cause: string;
  document_id: string;
  occurred_at: Date;
}

/** Customers that an event of their own moved to another segment or tier. */
export const rfmMoves = rowChanges<MoveRow>({
  type: 'tidemark.rfm.moved',
  projection: 'rfm',
  select: `
SELECT position, customer_id, from_segment, to_segment, from_tier, to_tier, cause, document_id, occurred_at
  FROM read.rfm_moves`,
  toChange: (row) => ({
    subject: row.customer_id,
    at: row.occurred_at.getTime(),
    data: {
      customerId: row.customer_id,
      fromSegment: row.from_segment,
      toSegment: row.to_segment,
      fromTier: row.from_tier,
      toTier: row.to_tier,
      cause: row.cause,
      documentId: row.document_id,
    },
  }),
});
