import type { CommandContext } from '../../commands';

type Store = CommandContext['store'];

/**
 * A store that makes the first append to each of a list of streams in the order of that list. So commands may
 * load and decide side by side, and the log is still the same on every run.
 */
export interface OrderedStore {
  store: Store;
  /**
   * Adds the next stream to the list.
   * @returns to be called when the stream's command is over, whether or not it appended
   */
  expect(stream: string): () => void;
}

interface Turn {
  mine: Promise<void>;
  pass: () => void;
}

export function orderAppends(inner: Store): OrderedStore {
  const turns = new Map<string, Turn>();
  let last: Promise<void> = Promise.resolve();

  const store: Store = {
    identity: () => inner.identity(),
    async append(stream, expected, events) {
      const turn = turns.get(stream);
      await turn?.mine;
      // The store takes appends in the order of the calls, so the next command may append from now on.
      const result = inner.append(stream, expected, events);
      turn?.pass();
      return result;
    },
    readStream: (stream, options) => inner.readStream(stream, options),
    readAll: (after, options) => inner.readAll(after, options),
    readColumns: (after, options) => inner.readColumns(after, options),
    subscribeAll: (after, options) => inner.subscribeAll(after, options),
    head: () => inner.head(),
    countAfter: (position) => inner.countAfter(position),
    close: () => inner.close(),
  };

  return {
    store,
    expect(stream) {
      const mine = last;
      let pass: () => void = () => {};
      last = new Promise((resolve) => {
        // The next turn begins after this one and all turns before it. A command that ends early must not let
        // a later command overtake an earlier one.
        pass = () => resolve(mine);
      });
      turns.set(stream, { mine, pass });
      return () => {
        pass();
        turns.delete(stream);
      };
    },
  };
}
