import { createHash } from 'node:crypto';
import { datasets } from '../../lake/datasets/catalogue';
import type { Dialect } from '../model/dialect';
import { initStatements } from './ddl';
import { duckDbDialect } from './duckdb.dialect';
import { loadStatements } from './load';

/**
 * Changes with everything that decides what stands in the tables. A warehouse of another model is built anew
 * from the lake; for another comment alone it is not.
 */
export function modelDigest(dialect: Dialect = duckDbDialect): string {
  const everything = new Set(datasets.map(({ name }) => name));
  const statements = [
    ...initStatements({ ...dialect, comments: 'nowhere' }),
    ...loadStatements(dialect, everything),
  ];
  return createHash('sha256').update(JSON.stringify(statements)).digest('hex');
}
