export interface InFlightLimits {
  /** most tasks at once */
  tasks: number;
  /** most weight at once; a task that weighs more runs alone */
  weight: number;
}

/**
 * Bounds the tasks that run at once, by number and by weight. Unlike `Turns`, it makes its one caller wait
 * before a task starts, so that the caller produces no more than can run.
 */
export class InFlight {
  private tasks = new Set<Promise<void>>();
  private weight = 0;
  private waiting: (() => void) | undefined;
  private error: { cause: unknown } | undefined;

  constructor(private readonly limits: InFlightLimits) {}

  /**
   * Waits until there is room, then starts a task. Call it again only after it has resolved.
   * @throws the error of an earlier task that failed
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

  /** Waits for all tasks. @throws the first error */
  async finish(): Promise<void> {
    await Promise.all(this.tasks);
    this.throwFirst();
  }

  private throwFirst(): void {
    if (this.error) throw this.error.cause;
  }
}
