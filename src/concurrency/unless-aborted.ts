/**
 * Waits for work that may be abandoned. When `signal` aborts first, the work goes on, but nobody hears of its
 * outcome any more, and a late failure of it is no unhandled rejection.
 * @throws the reason of `signal`, or what the work threw
 */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
