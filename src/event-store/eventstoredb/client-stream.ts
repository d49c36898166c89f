import type { Readable } from 'node:stream';
import { StoreUnavailableError } from '../errors';
import type { ServerEvent } from './recorded-event';
import { toStoreError } from './store-failure';

/** A read or a subscription of the client. */
interface Call {
  cancel?(): Promise<void>;
  unsubscribe?(): Promise<void>;
}

interface ResolvedEvent {
  event?: ServerEvent;
}

/**
 * What a read or a subscription of the client gives, taken one by one at the reader's pace. While nobody
 * takes, little is held: the client stops asking the server.
 */
export class ClientStream {
  private readonly call: Call;
  private readonly stream: Readable;
  private failure: { error: unknown } | undefined;
  private hasEnded = false;
  private wake: () => void = () => {};

  constructor(call: Call) {
    this.call = call;
    // The client's own types of streams are older than Node's.
    this.stream = call as unknown as Readable;
    this.stream
      .on('readable', () => this.wake())
      .on('end', () => {
        this.hasEnded = true;
        this.wake();
      })
      .on('error', (error: unknown) => {
        this.failure ??= { error };
        this.wake();
      });
  }

  /** What is here already, null when that is nothing. */
  take(): ResolvedEvent | null {
    return this.stream.read() as ResolvedEvent | null;
  }

  /**
   * The next one; null at the end.
   * @throws StoreUnavailableError when the server has sent nothing for `timeoutMs`; what toStoreError makes
   *   of other failures
   */
  async next(timeoutMs: number, signal?: AbortSignal): Promise<ResolvedEvent | null> {
    for (;;) {
      const taken = this.take();
      if (taken !== null) return taken;
      if (this.hasEnded || signal?.aborted) return null;
      if (!(await this.wait(timeoutMs, signal)))
        throw new StoreUnavailableError(`The event store sent nothing for ${timeoutMs} ms`);
    }
  }

  /**
   * Waits until there may be something to take; false when there was nothing for so long.
   * @throws what toStoreError makes of the stream's failure
   */
  async wait(timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    if (this.stream.readableLength > 0) return true;
    if (this.failure) throw toStoreError(this.failure.error);
    if (this.hasEnded || signal?.aborted) return true;
    return new Promise<boolean>((resolve) => {
      const settle = (woken: boolean) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        this.wake = () => {};
        resolve(woken);
      };
      const wake = () => settle(true);
      const timer = setTimeout(settle, timeoutMs, false);
      signal?.addEventListener('abort', wake);
      this.wake = wake;
    });
  }

  get ended(): boolean {
    return this.hasEnded;
  }

  /** Cancels the call, and lets what is left of it run out: the client would wait for that for ever. */
  stop(): void {
    const cancelled = this.call.unsubscribe?.() ?? this.call.cancel?.();
    cancelled?.catch(() => {});
    this.stream.removeAllListeners('readable');
    this.stream.resume();
  }
}
