import { createKeyedMutex } from '../../concurrency/keyed-mutex';
import { Turns } from '../../concurrency/turns';

/** Most appends under way at once. The server groups appends that come together into one write to disk. */
const AT_ONCE = 128;

/**
 * Runs the appends to one stream one after the other, in the order of their calls: the client may reorder
 * calls that are under way together. Appends to different streams run at once, up to a limit.
 */
export class AppendOrder {
  private readonly inTurn = createKeyedMutex();
  private readonly turns: Turns;
  private readonly unsettled = new Set<Promise<unknown>>();

  constructor(atOnce = AT_ONCE) {
    this.turns = new Turns(atOnce);
  }

  run<T>(stream: string, append: () => Promise<T>): Promise<T> {
    const result = this.inTurn(stream, () => this.turns.run(append));
    const settled = result
      .catch(() => {})
      .then(() => {
        this.unsettled.delete(settled);
      });
    this.unsettled.add(settled);
    return result;
  }

  /** Resolves when all appends have their outcome. */
  async idle(): Promise<void> {
    while (this.unsettled.size > 0) await Promise.all(this.unsettled);
  }
}
