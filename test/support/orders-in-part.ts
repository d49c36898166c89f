import type { EventStore } from '../../src/event-store/event-store';
import type { Position } from '../../src/event-store/position';
import { openTable, type TableOptions } from '../../src/ingest/files/table';
import type { ImportReport } from '../../src/ingest/orders/report';

/**
 * The orders that an import has placed with fewer or more lines than its file has rows of their ids. Rows
 * below zero may be discounts of their order.
 * @param after the end of the log before the import
 */
export async function ordersInPart(
  store: EventStore,
  after: Position | null,
  file: string,
  { plan }: Pick<ImportReport, 'plan'>,
  options: TableOptions = {},
): Promise<string[]> {
  const table = await openTable(file, options);
  const rowsOf = new Map<string, number>();
  try {
    const columnOf = (field: string) =>
      table.header.indexOf(plan.columns.find((column) => column.field === field)?.headers[0] ?? '');
    const [id, price] = [columnOf('order_id'), columnOf('unit_price')];
    for await (const rows of table.rows)
      for (const { cells } of rows) {
        if ((cells[price] ?? '').trim().startsWith('-')) continue;
        const order = (cells[id] ?? '').trim();
        rowsOf.set(order, (rowsOf.get(order) ?? 0) + 1);
      }
  } finally {
    await table.close();
  }
  const wrong: string[] = [];
  for await (const { events } of store.readAll(after))
    for (const event of events) {
      if (event.type !== 'OrderPlaced' && event.type !== 'CreditNoteIssued') continue;
      const order = event.type === 'OrderPlaced' ? event.data.orderId : event.data.creditNoteId;
      const [lines, rows] = [event.data.lines.length, rowsOf.get(order)];
      if (lines !== rows) wrong.push(`${event.stream} has ${lines} lines of ${rows} rows`);
    }
  return wrong;
}
