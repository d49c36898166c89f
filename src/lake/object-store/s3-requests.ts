import { addAbortSignal, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { S3Client } from '@aws-sdk/client-s3';
import { Backoff } from '../../concurrency/backoff';
import { isRetryable, mayHaveHappened } from './s3-failure';

export interface RequestLimits {
  /** how often a request is made at most; default 6 */
  tries?: number;
  /** pause before the second try, doubled before each further one; milliseconds, default 200 */
  backoffMs?: number;
  /** for one try, its body included; milliseconds, default 60,000 */
  deadlineMs?: number;
}

/** No pause between tries is longer. */
const LONGEST_PAUSE_MS = 5_000;

/**
 * The outcome of a request after its tries. `uncertain`: the server may have carried out one of the tries
 * that failed.
 */
export type Tried<T> = { ok: true; value: T } | { ok: false; error: unknown; uncertain: boolean };

/** A bucket, and the way to ask for its objects. */
export interface S3Access {
  client: S3Client;
  requests: Requests;
  bucket: string;
}

/** Makes requests, and makes them again when that may help. */
export class Requests {
  private readonly limits: Required<RequestLimits>;
  private readonly underWay = new Set<AbortController>();
  private closed = false;

  constructor({ tries = 6, backoffMs = 200, deadlineMs = 60_000 }: RequestLimits = {}) {
    this.limits = { tries, backoffMs, deadlineMs };
  }

  /** Ends the requests that are under way. */
  close(): void {
    this.closed = true;
    for (const limit of this.underWay) limit.abort();
  }

  /** @returns the result of a request @throws the error of its last try */
  async send<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const tried = await this.attempt(request);
    if (tried.ok) return tried.value;
    throw tried.error;
  }

  /** As `send`, but returns a failure instead of throwing it. */
  async attempt<T>(request: (signal: AbortSignal) => Promise<T>): Promise<Tried<T>> {
    const { tries, backoffMs } = this.limits;
    let uncertain = false;
    // Jitter: requests that collided once do not meet again.
    const backoff = new Backoff({ firstMs: backoffMs, longestMs: LONGEST_PAUSE_MS, jitter: true });
    for (let tried = 1; ; tried++) {
      try {
        return { ok: true, value: await this.once(request) };
      } catch (error) {
        uncertain ||= mayHaveHappened(error);
        if (tried === tries || this.closed || !isRetryable(error)) return { ok: false, error, uncertain };
      }
      await backoff.wait();
    }
  }

  private async once<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), this.limits.deadlineMs);
    this.underWay.add(limit);
    if (this.closed) limit.abort();
    try {
      return await request(limit.signal);
    } finally {
      clearTimeout(timer);
      this.underWay.delete(limit);
    }
  }
}

/** The whole body of an answer. @param signal of the request: its deadline holds for the body as well */
export async function readBody(body: unknown, signal: AbortSignal): Promise<Buffer> {
  return buffer(addAbortSignal(signal, body as Readable));
}
