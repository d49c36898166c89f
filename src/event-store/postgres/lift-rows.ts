import { type ColumnBatch, textAt } from '../log-columns';
import type { UpcasterRegistry } from '../upcasters';
import type { Fields } from './copy-rows';

const MICROSECONDS = 1_000n;

/**
 * A batch whose events of older schema versions are lifted. The others are not touched.
 * @param versions the schema version of each row, where it lies in the heap
 * @throws UpcastError
 */
export function liftRows(batch: ColumnBatch, versions: Fields, upcasters: UpcasterRegistry): ColumnBatch {
  const { heap, rows, data, metadata } = batch;
  const parts: Buffer[] = [heap];
  let end = heap.length;
  const put = ({ starts, lengths }: Fields, row: number, text: string) => {
    const bytes = Buffer.from(text);
    starts[row] = end;
    lengths[row] = bytes.length;
    end += bytes.length;
    parts.push(bytes);
  };
  for (let row = 0; row < rows; row++) {
    const version = heap.readInt16BE(versions.starts[row]);
    const type = textAt(batch, batch.types, row);
    if (!upcasters.lifts(type, version)) continue;
    const lifted = upcasters.upcast(JSON.parse(textAt(batch, data, row)), version, {
      type,
      stream: textAt(batch, batch.streams, row),
      revision: batch.revisions[row] as number,
      position: textAt(batch, batch.positions, row),
      occurredAt: Number((batch.occurredAt[row] as bigint) / MICROSECONDS),
    });
    if (lifted === undefined) continue;
    const { schemaVersion } = lifted;
    const old = JSON.parse(textAt(batch, metadata, row));
    put(data, row, JSON.stringify(lifted.data));
    put(metadata, row, JSON.stringify({ ...old, schemaVersion }));
  }
  return parts.length === 1 ? batch : { ...batch, heap: Buffer.concat(parts, end) };
}
