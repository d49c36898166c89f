interface Entry<T> {
  dueAt: number;
  item: T;
}

/** Items by the time at which they are due (a binary heap). */
export class DueQueue<T> {
  private readonly heap: Entry<T>[] = [];

  get size(): number {
    return this.heap.length;
  }

  /** When the next item is due; undefined when there is none. */
  get nextDueAt(): number | undefined {
    return this.heap[0]?.dueAt;
  }

  /** How many items are due at this time. */
  countDue(now: number): number {
    return this.heap.reduce((count, { dueAt }) => count + (dueAt <= now ? 1 : 0), 0);
  }

  add(dueAt: number, item: T): void {
    this.heap.push({ dueAt, item });
    let at = this.heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.dueAtOf(parent) <= this.dueAtOf(at)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  /** Takes the next item, if it is due at this time. */
  takeDue(now: number): Entry<T> | undefined {
    const first = this.heap[0];
    if (first === undefined || first.dueAt > now) return undefined;
    const last = this.heap.pop();
    if (last !== undefined && last !== first) {
      this.heap[0] = last;
      this.sink();
    }
    return first;
  }

  private sink(): void {
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      let least = at;
      if (this.dueAtOf(left) < this.dueAtOf(least)) least = left;
      if (this.dueAtOf(left + 1) < this.dueAtOf(least)) least = left + 1;
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }

  private dueAtOf(index: number): number {
    return this.heap[index]?.dueAt ?? Number.POSITIVE_INFINITY;
  }

  private swap(a: number, b: number): void {
    const [x, y] = [this.heap[a], this.heap[b]];
    if (x === undefined || y === undefined) return;
    this.heap[a] = y;
    this.heap[b] = x;
  }
}
