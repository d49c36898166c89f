/**
 * A subscription as something that is pulled: the next value is made when the client has taken the last one.
 * So a slow client costs no memory, and where values are states it gets the newest.
 *
 * Ending it aborts the generator's signal first: a generator that waits would otherwise hold its listeners
 * until its wait is over, because `return` queues behind a pending `next`.
 */
export function pullStream<T>(
  generate: (signal: AbortSignal) => AsyncGenerator<T>,
): AsyncIterableIterator<T> {
  const ending = new AbortController();
  const generator = generate(ending.signal);
  const end = <R>(last: () => R): R => {
    ending.abort();
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
