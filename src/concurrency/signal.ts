/**
 * Wakes everybody who waits for a change. A waiter reads `version`, then the state, and passes the version to
 * `after`. It thus misses no change between reading and waiting.
 */
export class Signal {
  private current = 0;
  private readonly waiting = new Set<() => void>();

  /** The number of changes so far. */
  get version(): number {
    return this.current;
  }

  /** How many callers wait now. */
  get waiters(): number {
    return this.waiting.size;
  }

  raise(): void {
    this.current += 1;
    for (const wake of this.waiting) wake();
  }

  /**
   * Waits for a change after the version `seen`.
   * @param timeoutMs default: without limit
   * @returns true after a change; false when `signal` aborted or the time ran out first
   */
  async after(seen: number, signal: AbortSignal, timeoutMs?: number): Promise<boolean> {
    if (this.current > seen || signal.aborted) return !signal.aborted;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.waiting.delete(wake);
        resolve();
      };
      const timer = timeoutMs === undefined ? undefined : setTimeout(wake, timeoutMs);
      signal.addEventListener('abort', wake, { once: true });
      this.waiting.add(wake);
    });
    return this.current > seen && !signal.aborted;
  }
}
