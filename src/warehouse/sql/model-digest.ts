import { createHash } from 'node:crypto';
import { datasets } from '../../lake/datasets/catalogue';
import type { Dialect } from '../model/dialect';
import { initStatements } from './ddl';
import { loadStatements } from './load';

/**
 * A hash of everything that decides what the tables hold. A warehouse with another hash is built anew from
 * the lake. Comments are left out, so that a new wording rebuilds nothing.
 */
export function modelDigest(dialect: Dialect): string {
  const everything = new Set(datasets.map(({ name }) => name));
  // The hash is of this form: in another one, every warehouse would be built anew.
  const statements = [
    ...initStatements({ ...dialect, comments: 'nowhere' }),
    ...loadStatements(dialect, everything),
  ].map(({ label, sql }) => ({ name: label, sql }));
  return createHash('sha256').update(JSON.stringify(statements)).digest('hex');
}
