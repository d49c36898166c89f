/** Tells readers at the end of the log that it has grown. */
export class LogSignal {
  #version = 0;
  readonly #waiting = new Set<() => void>();

  /** Grows with every signal. Take it before looking at the log, so that no signal is lost between looking and waiting. */
  get version(): number {
    return this.#version;
  }

  raise(): void {
    this.#version++;
    for (const wake of this.#waiting) wake();
  }

  /** Resolves when there was a signal since `version`, after `timeoutMs` at the latest, or at once when a signal aborts. */
  async wait(version: number, timeoutMs: number, abort: AbortSignal): Promise<void> {
    if (this.#version !== version || abort.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        abort.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      this.#waiting.add(wake);
      abort.addEventListener('abort', wake, { once: true });
    });
  }
}
