import type { Position } from '../../event-store/position';
import { namesOf, type Row } from '../../postgres/table';
import { rfmMovesTable } from '../../projections/read-models/rfm/tables';
import type { SegmentMove } from '../types/segment-move.type';
import { AS_OF, type AsOfRow, type Reader, readRows } from './snapshot';

const { columns } = rfmMovesTable;

type MoveRow = AsOfRow & Row<typeof columns>;

/**
 * The next moves in the order of the log.
 * @returns at most `limit` of them, and the position up to which there are no others
 */
export async function readMovesAfter(
  reader: Reader,
  after: Position,
  limit: number,
): Promise<{ items: SegmentMove[]; through: Position }> {
  const rows = await readRows<MoveRow | ({ position: null } & AsOfRow)>(
    reader,
    `SELECT ${AS_OF}, m.*
       FROM read.projections p
       LEFT JOIN LATERAL (
         SELECT ${namesOf(columns, 'm')}
           FROM read.rfm_moves m WHERE m.position > $1 ORDER BY m.position LIMIT $2) m ON true
      WHERE p.projection = 'rfm'
      ORDER BY m.position`,
    [after, limit],
  );
  const items = rows.flatMap((row) => (row.position === null ? [] : [moveView(row)]));
  const through = items.length === limit ? items.at(-1)?.position : rows[0]?.as_of_position;
  return { items, through: through ?? after };
}

function moveView(row: MoveRow): SegmentMove {
  return {
    customerId: row.customer_id,
    fromSegment: row.from_segment,
    toSegment: row.to_segment,
    fromTier: row.from_tier,
    toTier: row.to_tier,
    cause: row.cause,
    documentId: row.document_id,
    position: row.position,
    at: row.occurred_at.getTime(),
  };
}
