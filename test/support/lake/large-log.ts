import { randomBytes } from 'node:crypto';
import { append, type LogAppend } from '../../../bench/support/order-log';

const VISITS = 40;
const BYTES = 512 * 1024;

/**
 * A log whose first cut has a file that is sent to S3 in several parts: its data cannot be compressed, and is
 * all of one partition.
 */
export const largeLog = (): LogAppend[] =>
  Array.from({ length: VISITS }, (_, n) => {
    const data = { blob: randomBytes(BYTES).toString('base64') };
    return append(`session-${n}`, 0, 'ActivityTracked', data, Date.UTC(2024, 0, 1));
  });
