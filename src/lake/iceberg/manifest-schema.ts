import type { IcebergSchema, PartitionSpec } from './schema';

type Avro = string | readonly unknown[] | object;

const required = (name: string, type: Avro, id: number) => ({ name, type, 'field-id': id });
const optional = (name: string, type: Avro, id: number) => ({
  name,
  type: ['null', type],
  default: null,
  'field-id': id,
});

const record = (name: string, fields: readonly object[]) => ({ type: 'record', name, fields });

/** A map by field id is an array of pairs: keys of Avro's maps are texts. */
const mapById = (keyId: number, valueId: number, value: string) => ({
  type: 'array',
  logicalType: 'map',
  items: record(`k${keyId}_v${valueId}`, [required('key', 'int', keyId), required('value', value, valueId)]),
});

/** The Avro schema of a manifest of version 2 whose files are partitioned by `spec`. */
export function manifestSchema(schema: IcebergSchema, spec: PartitionSpec): object {
  const partition = spec.fields.map((field) =>
    optional(field.name, partitionType(schema, field), field['field-id']),
  );
  return record('manifest_entry', [
    required('status', 'int', 0),
    optional('snapshot_id', 'long', 1),
    optional('sequence_number', 'long', 3),
    optional('file_sequence_number', 'long', 4),
    required(
      'data_file',
      record('r2', [
        required('content', 'int', 134),
        required('file_path', 'string', 100),
        required('file_format', 'string', 101),
        required('partition', record('r102', partition), 102),
        required('record_count', 'long', 103),
        required('file_size_in_bytes', 'long', 104),
        optional('column_sizes', mapById(117, 118, 'long'), 108),
        optional('value_counts', mapById(119, 120, 'long'), 109),
        optional('null_value_counts', mapById(121, 122, 'long'), 110),
        optional('nan_value_counts', mapById(138, 139, 'long'), 137),
        optional('lower_bounds', mapById(126, 127, 'bytes'), 125),
        optional('upper_bounds', mapById(129, 130, 'bytes'), 128),
        optional('key_metadata', 'bytes', 131),
        optional('split_offsets', { type: 'array', items: 'long', 'element-id': 133 }, 132),
        optional('equality_ids', { type: 'array', items: 'int', 'element-id': 136 }, 135),
        optional('sort_order_id', 'int', 140),
      ]),
      2,
    ),
  ]);
}

/** The Avro schema of a manifest list of version 2. */
export const manifestListSchema: object = record('manifest_file', [
  required('manifest_path', 'string', 500),
  required('manifest_length', 'long', 501),
  required('partition_spec_id', 'int', 502),
  required('content', 'int', 517),
  required('sequence_number', 'long', 515),
  required('min_sequence_number', 'long', 516),
  required('added_snapshot_id', 'long', 503),
  required('added_files_count', 'int', 504),
  required('existing_files_count', 'int', 505),
  required('deleted_files_count', 'int', 506),
  required('added_rows_count', 'long', 512),
  required('existing_rows_count', 'long', 513),
  required('deleted_rows_count', 'long', 514),
  optional(
    'partitions',
    {
      type: 'array',
      'element-id': 508,
      items: record('r508', [
        required('contains_null', 'boolean', 509),
        optional('contains_nan', 'boolean', 518),
        optional('lower_bound', 'bytes', 510),
        optional('upper_bound', 'bytes', 511),
      ]),
    },
    507,
  ),
  optional('key_metadata', 'bytes', 519),
]);

function partitionType(schema: IcebergSchema, field: PartitionSpec['fields'][number]): Avro {
  if (field.transform === 'month') return 'int';
  const source = schema.fields.find(({ id }) => id === field['source-id'])?.type;
  switch (source) {
    case 'date':
      return { type: 'int', logicalType: 'date' };
    case 'string':
    case 'int':
    case 'boolean':
      return source;
    default:
      throw new Error(`files cannot be divided by ${field.name}`);
  }
}

export type PartitionValue = string | number | boolean | null;
