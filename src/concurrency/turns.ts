/** Limits how much work runs at once, whoever starts it. The rest waits, in the order of its calls. */
export class Turns {
  private readonly waiting: (() => void)[] = [];

  /** @param free how many pieces of work may run at once */
  constructor(private free: number) {}

  /** Does a piece of work when it is its turn. */
  async run<R>(work: () => Promise<R>): Promise<R> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }

  /**
   * Does a piece of work for each item.
   * @returns the results, in the order of the items
   * @throws the first failure, after everything that was under way has ended. It begins nothing more then
   */
  async map<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
    const failures: unknown[] = [];
    const attempt = async (item: T): Promise<R | undefined> => {
      if (failures.length > 0) return undefined;
      try {
        return await work(item);
      } catch (error) {
        failures.push(error);
        return undefined;
      }
    };
    const results = await Promise.all(items.map((item) => this.run(() => attempt(item))));
    if (failures.length > 0) throw failures[0];
    return results as R[];
  }
}
