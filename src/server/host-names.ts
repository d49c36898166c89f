import { isIP } from 'node:net';

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host === '::1' ||
    host === '[::1]' ||
    (isIP(host) === 4 && host.startsWith('127.'))
  );
}

/** A host without brackets and final dot, in lower case, so that two spellings of one compare equal. */
export const plainHost = (host: string): string => host.replace(/^\[|\]$|\.$/g, '').toLowerCase();
