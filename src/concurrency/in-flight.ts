export interface InFlightLimits {
  tasks: number;
  /** a task that alone weighs more runs alone */
  weight: number;
}

/** Bounds what runs at once, by number and by weight, in the order of asking. One caller asks at a time. */
export class InFlight {
  private tasks = new Set<Promise<void>>();
  private weight = 0;
  private waiting: (() => void) | undefined;
  private error: { cause: unknown } | undefined;

  constructor(private readonly limits: InFlightLimits) {}

  /**
   * Starts a task when there is room for it.
   * @throws the error of a task that failed before
   */
  async start(weight: number, task: () => Promise<void>): Promise<void> {
    while (
      !this.error &&
      this.tasks.size > 0 &&
      (this.tasks.size >= this.limits.tasks || this.weight + weight > this.limits.weight)
    )
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    this.throwFirst();
    this.weight += weight;
    const running = task()
      .catch((cause: unknown) => {
        this.error ??= { cause };
      })
      .then(() => {
        this.tasks.delete(running);
        this.weight -= weight;
        this.waiting?.();
        this.waiting = undefined;
      });
    this.tasks.add(running);
  }

  /** Waits for every task that was started. @throws the first error of one */
  async finish(): Promise<void> {
    await Promise.all(this.tasks);
    this.throwFirst();
  }

  private throwFirst(): void {
    if (this.error) throw this.error.cause;
  }
}
