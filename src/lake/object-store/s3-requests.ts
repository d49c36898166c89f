import { addAbortSignal, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Backoff } from '../../concurrency/backoff';
import { isRetryable, mayHaveHappened } from './s3-failure';

export interface RequestLimits {
  /** how often a request is made at most; default 6 */
  tries?: number;
  /** rest before the second try, doubled with each further one; milliseconds, default 200 */
  backoffMs?: number;
  /** for one try, its body included; milliseconds, default 60,000 */
  deadlineMs?: number;
}

/** No rest between tries is longer. */
const LONGEST_REST_MS = 5_000;

/**
 * What a request came to after its tries; `uncertain`: one of them may have been done by the server though it
 * failed.
 */
export type Tried<T> = { ok: true; value: T } | { ok: false; error: unknown; uncertain: boolean };

/** Makes requests again when that may help. */
export class Requests {
  readonly #tries: number;
  readonly #backoffMs: number;
  readonly #deadlineMs: number;
  readonly #underWay = new Set<AbortController>();
  #closed = false;

  constructor({ tries = 6, backoffMs = 200, deadlineMs = 60_000 }: RequestLimits = {}) {
    this.#tries = tries;
    this.#backoffMs = backoffMs;
    this.#deadlineMs = deadlineMs;
  }

  /** Ends what is under way. */
  close(): void {
    this.#closed = true;
    for (const limit of this.#underWay) limit.abort();
  }

  /** @throws what the last try failed with */
  async send<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const tried = await this.attempt(request);
    if (tried.ok) return tried.value;
    throw tried.error;
  }

  /** Tells a failure instead of throwing it. */
  async attempt<T>(request: (signal: AbortSignal) => Promise<T>): Promise<Tried<T>> {
    let uncertain = false;
    // Jitter: requests that collided once do not meet again.
    const backoff = new Backoff({ firstMs: this.#backoffMs, longestMs: LONGEST_REST_MS, jitter: true });
    for (let tried = 1; ; tried++) {
      try {
        return { ok: true, value: await this.#once(request) };
      } catch (error) {
        uncertain ||= mayHaveHappened(error);
        if (tried === this.#tries || this.#closed || !isRetryable(error))
          return { ok: false, error, uncertain };
      }
      await backoff.wait();
    }
  }

  async #once<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), this.#deadlineMs);
    this.#underWay.add(limit);
    if (this.#closed) limit.abort();
    try {
      return await request(limit.signal);
    } finally {
      clearTimeout(timer);
      this.#underWay.delete(limit);
    }
  }
}

/** The whole body of an answer. The deadline holds for it too. */
export async function readBody(body: unknown, signal: AbortSignal): Promise<Buffer> {
  return buffer(addAbortSignal(signal, body as Readable));
}
