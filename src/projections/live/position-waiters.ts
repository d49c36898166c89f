import type { Position } from '../../event-store/position';

interface Waiter {
  position: Position;
  wake: () => void;
}

/** Those who wait until a position is reached. */
export class PositionWaiters {
  /** undefined before the first is known */
  private reached: Position | undefined;
  private waiters: Waiter[] = [];

  /** Resolves when a position is reached, or when nobody goes on. */
  async waitFor(position: Position): Promise<void> {
    if (this.reached !== undefined && this.reached >= position) return;
    await new Promise<void>((wake) => this.waiters.push({ position, wake }));
  }

  /** @param position may be lower than before: a switch can go back */
  reach(position: Position): void {
    this.reached = position;
    const due = this.waiters.filter((waiter) => waiter.position <= position);
    this.waiters = this.waiters.filter((waiter) => waiter.position > position);
    for (const { wake } of due) wake();
  }

  /** Nobody goes on: whoever waits, or asks from now on, need not wait. */
  end(): void {
    this.reach('\uffff');
  }
}
