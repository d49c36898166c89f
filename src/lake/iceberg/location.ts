import { TableError } from './errors';

/** A table, and the location that its metadata gives for it. */
export interface Place {
  /** the name of the table, which is its folder in the object store */
  table: string;
  /** absolute, as `file:///var/tables/visits` */
  location: string;
}

/** The absolute location of an object of the table. It is not encoded: readers take locations as they are. */
export function locationOf({ table, location }: Place, key: string): string {
  return location + key.slice(table.length);
}

/**
 * The key of an object of the table. It follows from the place of the object below the table, so that tables
 * can be moved as a whole.
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
