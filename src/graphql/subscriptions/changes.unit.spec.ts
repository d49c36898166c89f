import { Changes } from './changes';
import { pullStream } from './pull-stream';

const never = new AbortController().signal;

describe('changes', () => {
  it('tells at once of a change that was missed', async () => {
    const changes = new Changes();
    changes.announce();
    expect(await changes.after(0, never)).toBe(true);
  });

  it('wakes everybody who waits', async () => {
    const changes = new Changes();
    const waiting = [changes.after(0, never), changes.after(0, never)];
    expect(changes.waiters).toBe(2);
    changes.announce();
    expect(await Promise.all(waiting)).toEqual([true, true]);
    expect(changes.waiters).toBe(0);
  });

  it('lets go of whoever gives up, also beforehand', async () => {
    const changes = new Changes();
    const giveUp = new AbortController();
    const waiting = changes.after(0, giveUp.signal);
    giveUp.abort();
    expect(await waiting).toBe(false);
    expect(await changes.after(0, giveUp.signal)).toBe(false);
    expect(changes.waiters).toBe(0);
  });

  it('says no when the time is over', async () => {
    const changes = new Changes();
    expect(await changes.after(0, never, 1)).toBe(false);
    expect(changes.waiters).toBe(0);
  });
});

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
    const changes = new Changes();
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
