import { TableError } from './errors';

/** A table and where its metadata says that it lies. */
export interface Place {
  /** its folder in the object store, the name of its dataset */
  table: string;
  /** absolute, as `file:///lake/orders` */
  location: string;
}

/** The absolute location of an object of the table. Not encoded: every reader takes it as it is. */
export function locationOf({ table, location }: Place, key: string): string {
  return location + key.slice(table.length);
}

/**
 * The key of an object of the table. It is taken relative to the table, so that a lake that was moved still
 * opens.
 * @throws TableError when the object is not of this table
 */
export function keyOf({ table, location }: Place, absolute: string): string {
  const [path, root] = [normalize(absolute), normalize(location)];
  if (!path.startsWith(`${root}/`)) {
    throw new TableError(table, `refers to ${absolute}, which does not lie below ${location}`);
  }
  return table + path.slice(root.length);
}

/** Hadoop writes one slash where others write three, and has schemes of its own for S3. */
function normalize(location: string): string {
  return location.replace(/^file:\/+/, 'file:///').replace(/^s3[an]:/, 's3:');
}
