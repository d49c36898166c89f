import type { CommandContext } from '../../commands';

type Store = CommandContext['store'];

/**
 * A store in which the first appends to a list of streams happen in the order of that list, however long the
 * commands before them take: commands may load and decide side by side, and the log is still the same on
 * every run.
 */
export interface OrderedStore {
  store: Store;
  /**
   * The next stream of the list. Call the function that is returned when its command is over, whether it
   * appended or not.
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
      // The store takes appends in the order of the calls, so the next one may call while this one is under
      // way.
      const result = inner.append(stream, expected, events);
      turn?.pass();
      return result;
    },
    readStream: (stream, options) => inner.readStream(stream, options),
    readAll: (after, options) => inner.readAll(after, options),
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
        // Passing on waits for the own turn: a command that ends early must not let a later one overtake an
        // earlier one.
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
