const waiting: (() => void)[] = [];

/**
 * Resolves when it is the turn of a large piece of work. Such pieces run one after the other, and between two
 * of them the process handles its input and output. Without that, a few large answers at once would block the
 * process as one long stretch of work.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(runNext);
  });
}

/** An immediate that is set by another immediate runs after the input and output of the next loop. */
function runNext(): void {
  const [run] = waiting;
  run?.();
  // The work goes on in promise callbacks, which all run before the next immediate.
  setImmediate(() => {
    waiting.shift();
    if (waiting.length > 0) runNext();
  });
}
