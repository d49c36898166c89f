/** Lets only so much work run at once, whoever asks for it; the rest waits for its turn. */
export class Turns {
  private readonly waiting: (() => void)[] = [];

  /** @param free how much may run at once */
  constructor(private free: number) {}

  /**
   * Does some work for each item.
   * @returns what each came to, in the order of the items
   * @throws the first failure, when what was under way has ended; after it nothing more is begun
   */
  async map<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
    const failures: unknown[] = [];
    const done = items.map(async (item): Promise<R | undefined> => {
      await this.begin();
      try {
        return failures.length === 0 ? await work(item) : undefined;
      } catch (error) {
        failures.push(error);
        return undefined;
      } finally {
        this.end();
      }
    });
    const results = await Promise.all(done);
    if (failures.length > 0) throw failures[0];
    return results as R[];
  }

  private async begin(): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private end(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
  }
}
