import { pullStream } from './pull-stream';
import { Signal } from './signal';

describe('a pull stream', () => {
  it('makes a value only when it is asked for one', async () => {
    let made = 0;
    const stream = pullStream(async function* () {
      for (;;) yield ++made;
    });
    expect(made).toBe(0);
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    expect(made).toBe(1);
    await stream.return?.();
  });

  it('ends while it waits, and cleans up', async () => {
    const changes = new Signal();
    let cleanedUp = false;
    const stream = pullStream(async function* (signal) {
      try {
        while (await changes.after(changes.version, signal)) yield 1;
      } finally {
        cleanedUp = true;
      }
    });
    const pending = stream.next();
    await stream.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(cleanedUp).toBe(true);
    expect(changes.waiters).toBe(0);
  });
});
