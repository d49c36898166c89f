import type { Readable } from 'node:stream';
import { StoreUnavailableError } from '../errors';
import type { ServerEvent } from './recorded-event';
import { toStoreError } from './store-failure';

/** A call of the client: a read or a subscription. */
interface Call {
  cancel?(): Promise<void>;
  unsubscribe?(): Promise<void>;
}

interface ResolvedEvent {
  event?: ServerEvent;
}

/**
 * The events of a read or a subscription, taken one by one at the reader's pace. While the reader takes none,
 * the client stops asking the server, so that few are held in memory.
 */
export class ClientStream {
  private readonly call: Call;
  private readonly stream: Readable;
  private failure: { error: unknown } | undefined;
  private hasEnded = false;
  private wake: () => void = () => {};

  constructor(call: Call) {
    this.call = call;
    // The client declares an older type of stream than Node.
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

  /** The next event, if it has arrived already; otherwise null. */
  take(): ResolvedEvent | null {
    return this.stream.read() as ResolvedEvent | null;
  }

  /**
   * Waits for the next event; null at the end, and when `signal` aborts.
   * @throws StoreUnavailableError when the server has sent nothing for `timeoutMs`; other failures as
   *   toStoreError translates them
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
   * Waits until there may be an event to take, the stream has ended, or `signal` aborts.
   * @returns false when nothing happened for `timeoutMs`
   * @throws the stream's failure, as toStoreError translates it
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

  /** Cancels the call and discards what is left of it: the client would wait for ever until it is read. */
  stop(): void {
    const cancelled = this.call.unsubscribe?.() ?? this.call.cancel?.();
    cancelled?.catch(() => {});
    this.stream.removeAllListeners('readable');
    this.stream.resume();
  }
}
