import { Backoff } from '../../concurrency/backoff';

/** The pauses between attempts to commit: writers that lost to another at the same moment part. */
export function commitBackoff(): Backoff {
  return new Backoff({ firstMs: 20, longestMs: 2_000, jitter: true });
}
