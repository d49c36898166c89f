import { isIP } from 'node:net';

/** true for an address that only this machine can reach */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host === '::1' ||
    host === '[::1]' ||
    (isIP(host) === 4 && host.startsWith('127.'))
  );
}

/** As two spellings of one host compare equal: no brackets, no final dot, lower case. */
export const plainHost = (host: string): string => host.replace(/^\[|\]$|\.$/g, '').toLowerCase();
