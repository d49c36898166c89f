import { setImmediate as nextTurnOfTheLoop } from 'node:timers/promises';

/**
 * Does in one go what comes at about the same time, and what comes while the group before is at work. After a
 * failure everything fails with it.
 */
export class Groups<T> {
  private waiting: Group<T> = new Map();
  private next: Promise<void> | undefined;
  private last = Promise.resolve();

  /** @param work is called with one group at a time */
  constructor(private readonly work: (items: readonly T[]) => Promise<void>) {}

  /**
   * Resolves when the item's group is done.
   * @param key no group has two items of one key: those are done one after the other
   */
  async add(key: string, item: T): Promise<void> {
    while (this.waiting.has(key)) await this.next;
    this.waiting.set(key, item);
    this.next ??= this.begin();
    await this.next;
  }

  private begin(): Promise<void> {
    this.last = this.doNext(this.last);
    return this.last;
  }

  private async doNext(before: Promise<void>): Promise<void> {
    await before;
    await nextTurnOfTheLoop();
    const items = [...this.waiting.values()];
    this.waiting = new Map();
    this.next = undefined;
    await this.work(items);
  }
}

type Group<T> = Map<string, T>;
