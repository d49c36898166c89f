import { createKeyedMutex } from './keyed-mutex';

/** Holds a task until `letGo` is called. */
function held() {
  let letGo: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  return { gate, letGo };
}

describe('a keyed mutex', () => {
  it('runs the tasks of one key in turn and those of others meanwhile', async () => {
    const inTurn = createKeyedMutex();
    const trace: string[] = [];
    const first = held();
    const a1 = inTurn('a', async () => {
      trace.push('a1 begins');
      await first.gate;
      trace.push('a1 ends');
    });
    const a2 = inTurn('a', async () => trace.push('a2'));
    await inTurn('b', async () => trace.push('b'));
    first.letGo();
    await Promise.all([a1, a2]);
    expect(trace).toEqual(['a1 begins', 'b', 'a1 ends', 'a2']);
  });

  it('goes on after a task that failed, and hands every task its own result', async () => {
    const inTurn = createKeyedMutex();
    const failed = inTurn('a', async () => {
      throw new Error('no');
    });
    const next = inTurn('a', async () => 42);
    await expect(failed).rejects.toThrow('no');
    await expect(next).resolves.toBe(42);
  });
});
