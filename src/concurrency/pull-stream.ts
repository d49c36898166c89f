/** One for all: without it each abort would make an error of its own, with its stack. */
const ENDED = new Error('The stream has ended');

/**
 * A subscription that its client pulls: the next value is made only after the client has taken the last one.
 * A slow client therefore costs no memory, and gets the newest state where values are states.
 *
 * Ending the stream aborts the generator's signal first. `return` alone would queue behind a pending `next`,
 * and a generator that waits would keep its listeners until the wait is over.
 */
export function pullStream<T>(
  generate: (signal: AbortSignal) => AsyncGenerator<T>,
): AsyncIterableIterator<T> {
  const ending = new AbortController();
  const generator = generate(ending.signal);
  const end = <R>(last: () => R): R => {
    ending.abort(ENDED);
    return last();
  };
  return {
    next: () => generator.next(),
    return: (value) => end(() => generator.return(value)),
    throw: (error) => end(() => generator.throw(error)),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
