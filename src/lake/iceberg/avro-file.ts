import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { type Schema, Type, types } from 'avsc';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

const MAGIC = Buffer.from('Obj\u0001', 'latin1');
const SYNC_BYTES = 16;

/** Snapshot ids exceed 2^53; other numbers do not. */
const ID_FIELDS: ReadonlySet<unknown> = new Set(['snapshot_id', 'added_snapshot_id']);

const bigLong = types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

const META = Type.forSchema({ type: 'map', values: 'bytes' });
const LENGTH = Type.forSchema('long');

export interface AvroFile<T> {
  records: T[];
  metadata: ReadonlyMap<string, string>;
}

/**
 * An Avro object container file with one block, compressed by deflate. avsc's own encoder drops attributes
 * that it does not know from the schema, Iceberg's field ids among them.
 * @param schema of a record; snapshot ids are bigints, every other `long` is a number
 */
export async function encodeAvroFile(
  schema: object,
  records: readonly unknown[],
  metadata: Readonly<Record<string, string>>,
): Promise<Buffer> {
  const json = JSON.stringify(schema);
  const type = typeOf(json);
  const sync = randomBytes(SYNC_BYTES);
  const meta = { ...metadata, 'avro.schema': json, 'avro.codec': 'deflate' };
  const header = META.toBuffer(
    Object.fromEntries(Object.entries(meta).map(([key, text]) => [key, Buffer.from(text)])),
  );
  const block = (await deflate(Buffer.concat(records.map((record) => type.toBuffer(record))))) as Buffer;
  return Buffer.concat([
    MAGIC,
    header,
    sync,
    LENGTH.toBuffer(records.length),
    LENGTH.toBuffer(block.length),
    block,
    sync,
  ]);
}

/** @throws Error when the bytes are no Avro file, end too early, or are compressed by another codec */
export async function decodeAvroFile<T>(bytes: Buffer): Promise<AvroFile<T>> {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('no Avro file');
  const header = META.decode(bytes, MAGIC.length);
  if (header.offset < 0 || header.offset + SYNC_BYTES > bytes.length) {
    throw new Error('cut off or damaged');
  }
  const metadata = new Map(
    Object.entries(header.value as Record<string, Buffer>).map(([key, value]) => [key, value.toString()]),
  );
  const codec = metadata.get('avro.codec') ?? 'null';
  if (codec !== 'deflate' && codec !== 'null') throw new Error(`compressed by ${codec}`);
  const type = typeOf(metadata.get('avro.schema')!);
  const sync = bytes.subarray(header.offset, header.offset + SYNC_BYTES);
  const records: T[] = [];
  let offset = header.offset + SYNC_BYTES;
  while (offset < bytes.length) {
    const count = LENGTH.decode(bytes, offset);
    const length = LENGTH.decode(bytes, count.offset);
    const end = length.offset + length.value;
    if (length.offset < 0 || !bytes.subarray(end, end + SYNC_BYTES).equals(sync))
      throw new Error('cut off or damaged');
    const stored = bytes.subarray(length.offset, end);
    decodeRecords(type, codec === 'deflate' ? await inflate(stored) : stored, count.value, records);
    offset = end + SYNC_BYTES;
  }
  return { records, metadata };
}

function decodeRecords<T>(type: Type, block: Buffer, count: number, into: T[]): void {
  let offset = 0;
  for (let n = 0; n < count; n++) {
    const { value, offset: next } = type.decode(block, offset);
    into.push(value as T);
    offset = next;
  }
}

const typesByJson = new Map<string, Type>();

/** Types are remembered: making one is slow, and tables have few. */
function typeOf(json: string): Type {
  let type = typesByJson.get(json);
  if (!type) {
    type = Type.forSchema(JSON.parse(json, markIds) as Schema, { typeHook });
    typesByJson.set(json, type);
  }
  return type;
}

const WIDE = { type: 'long', wide: true };

/** A reviver for JSON.parse: marks the fields of snapshot ids in a schema as wide. */
function markIds(_: string, part: unknown): unknown {
  const field = part as { name?: unknown; type?: unknown } | null;
  if (typeof field !== 'object' || !ID_FIELDS.has(field?.name)) return part;
  const widen = (type: unknown) => (type === 'long' ? WIDE : type);
  return { ...field, type: Array.isArray(field?.type) ? field.type.map(widen) : widen(field?.type) };
}

function typeHook(schema: Schema): Type | undefined {
  return (schema as { wide?: boolean }).wide ? bigLong : undefined;
}
