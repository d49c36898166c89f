import type { FieldSummary } from './manifest-list';
import type { PartitionValue } from './manifest-schema';
import type { IcebergSchema, PartitionSpec } from './schema';
import { encodeValue } from './single-value';

/**
 * The smallest and largest value of each partition field. Readers skip a whole manifest by them.
 */
export function summariesOf(
  schema: IcebergSchema,
  spec: PartitionSpec,
  partitions: readonly Readonly<Record<string, PartitionValue>>[],
): FieldSummary[] {
  return spec.fields.map((field) => {
    const values = partitions.map((partition) => partition[field.name] ?? null);
    const known = values.filter((value) => value !== null);
    const kind = kindOf(schema, field);
    const encoded = (value: PartitionValue | undefined) =>
      value === null || value === undefined ? null : encodeValue({ kind }, value);
    return {
      contains_null: known.length < values.length,
      contains_nan: false,
      lower_bound: encoded(extreme(known, -1)),
      upper_bound: encoded(extreme(known, 1)),
    };
  });
}

type Kind = 'string' | 'int' | 'boolean' | 'date';

function kindOf(schema: IcebergSchema, field: PartitionSpec['fields'][number]): Kind {
  if (field.transform === 'month') return 'int';
  return schema.fields.find(({ id }) => id === field['source-id'])!.type as Kind;
}

function extreme(values: readonly PartitionValue[], sign: 1 | -1): PartitionValue | undefined {
  let found = values[0];
  for (const value of values) {
    if (compare(value, found) * sign > 0) found = value;
  }
  return found;
}

/** Texts compare as UTF-8 bytes, not as JavaScript does. */
function compare(a: PartitionValue | undefined, b: PartitionValue | undefined): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}
