import { ObjectStoreError } from './object-store';

/** The longest key that S3 takes. */
const LONGEST_BYTES = 1024;

/**
 * Refuses a key that some store cannot hold: it would leave the root, one of its parts is no file name, or
 * XML cannot carry it.
 * @throws ObjectStoreError
 */
export function checkKey(key: string): void {
  const parts = key.split('/');
  const named = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (named && !/[\p{Cc}\p{Cs}\\]/u.test(key) && Buffer.byteLength(key) <= LONGEST_BYTES) return;
  throw new ObjectStoreError(`${JSON.stringify(key)} is no key of an object`);
}
