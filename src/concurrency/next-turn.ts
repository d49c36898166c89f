const waiting: (() => void)[] = [];

/**
 * Resolves when it is this piece of work's turn: large pieces run one after the other, and between two of
 * them whatever else came in meanwhile is served. Without that a few large answers at once would be one
 * stretch of work.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(runNext);
  });
}

/**
 * An immediate that is set while immediates run has its turn behind the input and output of the next round.
 */
function runNext(): void {
  const [run] = waiting;
  run?.();
  // The work goes on in promises, which are through before the next immediate.
  setImmediate(() => {
    waiting.shift();
    if (waiting.length > 0) runNext();
  });
}
