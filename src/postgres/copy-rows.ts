import { once } from 'node:events';
import type { ClientBase } from 'pg';
import { from } from 'pg-copy-streams';
import { CopyBuffer } from './copy-buffer';
import { type Columns, type ColumnType, namesOf, type Sources, type Table } from './table';

/**
 * Appends rows to a table by COPY, all or none. The table's keys and constraints hold as for an INSERT.
 * @throws RangeError for a value that its column cannot hold; DatabaseError
 */
export async function copyRows<C extends Columns, Item>(
  client: Pick<ClientBase, 'query'>,
  { name, columns }: Table<C>,
  items: readonly Item[],
  sources: Sources<C, Item>,
): Promise<void> {
  // Before COPY begins: where a value is refused, nothing has been sent.
  const rows = rowsOf(columns, items, sources);
  const copy = client.query(from(`COPY ${name} (${namesOf(columns)}) FROM STDIN (FORMAT binary)`));
  copy.end(rows);
  await once(copy, 'finish');
}

function rowsOf<C extends Columns, Item>(
  columns: C,
  items: readonly Item[],
  sources: Sources<C, Item>,
): Buffer {
  const values = Object.entries(columns).map(([name, type]) => ({
    type: type as unknown as ColumnType<unknown, unknown>,
    of: sources[name] as (item: Item) => unknown,
  }));
  const out = new CopyBuffer();
  for (const item of items) {
    out.row(values.length);
    for (const { type, of } of values) {
      const value = of(item);
      if (value === null) out.null();
      else type.copy(out, value);
    }
  }
  return out.end();
}
