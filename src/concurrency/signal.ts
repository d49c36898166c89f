/**
 * Wakes those who wait for something to change. A waiter takes `version` before it looks and hands it to
 * `after`, so it misses no change between looking and waiting.
 */
export class Signal {
  private current = 0;
  private readonly waiting = new Set<() => void>();

  /** Grows with every change, from 0. */
  get version(): number {
    return this.current;
  }

  /** How many wait right now. */
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
   * @returns true when it has changed; false when `signal` aborted, or the time ran out, before
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
