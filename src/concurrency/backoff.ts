import { pause } from './pause';

export interface BackoffOptions {
  /** the first pause; milliseconds */
  firstMs: number;
  /** no pause is longer; milliseconds */
  longestMs: number;
  /**
   * true: each pause is shortened at random by up to half, so that rivals do not collide again. Default:
   * false
   */
  jitter?: boolean;
}

/** The pauses between attempts: each is twice as long as the one before, until `reset()`. */
export class Backoff {
  private upcomingMs: number;

  constructor(private readonly options: BackoffOptions) {
    this.upcomingMs = options.firstMs;
  }

  /** The pause after one more failure, in milliseconds, for callers that wait in their own way. */
  next(): number {
    const { longestMs, jitter = false } = this.options;
    const ms = Math.min(this.upcomingMs, longestMs);
    this.upcomingMs = ms * 2;
    return jitter ? ms * (0.5 + Math.random() / 2) : ms;
  }

  /** Waits for the next pause, or until `signal` aborts. Never rejects. */
  wait(signal?: AbortSignal): Promise<void> {
    return pause(this.next(), signal);
  }

  /** After a success: the next pause is the first one again. */
  reset(): void {
    this.upcomingMs = this.options.firstMs;
  }
}
