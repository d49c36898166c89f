import { rfmMovesTable } from '../projections/read-models/rfm/tables';
import { rowChanges } from './change';

/** Customers that an event of their own moved to another segment or tier. */
export const rfmMoves = rowChanges({
  type: 'tidemark.rfm.moved',
  projection: 'rfm',
  table: rfmMovesTable,
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
