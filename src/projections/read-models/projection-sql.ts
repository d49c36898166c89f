import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Projection } from '../projection';

/** The statements in `schema.sql` and `indexes.sql` of a projection's folder. */
export function projectionSql(folder: string): Pick<Projection, 'schemaSql' | 'indexesSql'> {
  return {
    schemaSql: readFileSync(join(folder, 'schema.sql'), 'utf8'),
    indexesSql: readFileSync(join(folder, 'indexes.sql'), 'utf8'),
  };
}
