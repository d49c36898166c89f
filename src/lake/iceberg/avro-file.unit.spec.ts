import { decodeAvroFile, encodeAvroFile } from './avro-file';

const ID = 8019223060034093466n;
const schema = {
  type: 'record',
  name: 'manifest',
  fields: [
    { name: 'snapshot_id', type: ['null', 'long'], default: null, 'field-id': 1 },
    { name: 'added_snapshot_id', type: 'long', 'field-id': 503 },
    { name: 'rows', type: 'long', 'field-id': 512 },
  ],
};
const records = [
  { snapshot_id: ID, added_snapshot_id: 2n ** 63n - 1n, rows: 7 },
  { snapshot_id: null, added_snapshot_id: 5n, rows: 2 ** 40 },
];

describe('an Avro file', () => {
  it('keeps ids beyond 2^53, its header, and the field ids of its schema', async () => {
    const bytes = await encodeAvroFile(schema, records, { content: 'data' });
    const read = await decodeAvroFile(bytes);
    expect(read.records).toEqual(records);
    expect(read.metadata.get('content')).toBe('data');
    expect(JSON.parse(read.metadata.get('avro.schema')!)).toEqual(schema);
  });

  it('may have no records', async () => {
    expect((await decodeAvroFile(await encodeAvroFile(schema, [], {}))).records).toEqual([]);
  });

  it('is refused wherever it is cut off', async () => {
    const bytes = await encodeAvroFile(schema, records, {});
    const headerEnds = bytes.indexOf(bytes.subarray(-16)) + 16;
    for (let length = 0; length < bytes.length; length++) {
      // A file that ends behind its header is a whole file without blocks.
      if (length === headerEnds) continue;
      await expect(decodeAvroFile(bytes.subarray(0, length))).rejects.toThrow(/cut off or damaged|no Avro/);
    }
  });

  it('is refused when it is compressed in another way', async () => {
    const bytes = await encodeAvroFile(schema, records, {});
    const other = Buffer.from(bytes.toString('latin1').replace('deflate', 'unknown'), 'latin1');
    await expect(decodeAvroFile(other)).rejects.toThrow('compressed by unknown');
  });
});
