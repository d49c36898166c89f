/**
 * Something that changes, and those who wait for it. Whoever remembers the version at which it last looked misses nothing
 * that happens before it waits.
 */
export class Changes {
  private current = 0;
  private readonly waiting = new Set<() => void>();

  /** 0 before the first change */
  get version(): number {
    return this.current;
  }

  /** How many wait right now. */
  get waiters(): number {
    return this.waiting.size;
  }

  announce(): void {
    this.current += 1;
    for (const wake of this.waiting) wake();
  }

  /**
   * Resolves to true as soon as there is a change after the version `seen`, to false when `signal` aborts before or, where
   * one is given, the time is over.
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
