/**
 * Appends under way at once, at most. The server groups what comes at the same time into one write to disk.
 */
const AT_ONCE = 128;

/**
 * The order of appends: those to one stream follow one another in the order of their calls, for the client
 * may send later ones first; those to different streams run beside one another, up to a limit.
 */
export class AppendOrder {
  /** the last append of every stream that has any */
  private readonly tails = new Map<string, Promise<unknown>>();
  private readonly waiting: Array<() => void> = [];
  private free: number;

  constructor(atOnce = AT_ONCE) {
    this.free = atOnce;
  }

  run<T>(stream: string, append: () => Promise<T>): Promise<T> {
    const before = this.tails.get(stream) ?? Promise.resolve();
    const result = before.then(() => this.within(append));
    const tail = result
      .catch(() => {})
      .then(() => {
        if (this.tails.get(stream) === tail) this.tails.delete(stream);
      });
    this.tails.set(stream, tail);
    return result;
  }

  /** Resolves when all appends have their outcome. */
  async idle(): Promise<void> {
    while (this.tails.size > 0) await Promise.all(this.tails.values());
  }

  private async within<T>(append: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await append();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}
