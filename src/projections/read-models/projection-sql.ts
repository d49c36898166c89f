import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BulkBuild, Projection } from '../projection';

/** The statements in `schema.sql` and `indexes.sql` of a projection's folder. */
export function projectionSql(folder: string): Pick<Projection, 'schemaSql' | 'indexesSql'> {
  return { schemaSql: read(folder, 'schema'), indexesSql: read(folder, 'indexes') };
}

/** The keys that `schema.sql` leaves out: `keys.sql` of a projection's folder. */
export const keysSql = (folder: string): string => read(folder, 'keys');

/** The statements in `bulk-schema.sql` and `bulk-finish.sql` of a projection's folder. */
export function bulkSql(folder: string): Pick<BulkBuild, 'schemaSql' | 'finishSql'> {
  return { schemaSql: read(folder, 'bulk-schema'), finishSql: read(folder, 'bulk-finish') };
}

const read = (folder: string, name: string): string => readFileSync(join(folder, `${name}.sql`), 'utf8');
