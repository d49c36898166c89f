import { Signal } from './signal';

const never = new AbortController().signal;

describe('a signal', () => {
  it('reports a missed change at once', async () => {
    const changes = new Signal();
    changes.raise();
    expect(await changes.after(0, never)).toBe(true);
  });

  it('wakes everybody who waits', async () => {
    const changes = new Signal();
    const waiting = [changes.after(0, never), changes.after(0, never)];
    expect(changes.waiters).toBe(2);
    changes.raise();
    expect(await Promise.all(waiting)).toEqual([true, true]);
    expect(changes.waiters).toBe(0);
  });

  it('releases a waiter whose signal aborts, even beforehand', async () => {
    const changes = new Signal();
    const giveUp = new AbortController();
    const waiting = changes.after(0, giveUp.signal);
    giveUp.abort();
    expect(await waiting).toBe(false);
    expect(await changes.after(0, giveUp.signal)).toBe(false);
    expect(changes.waiters).toBe(0);
  });

  it('answers false when the time is over', async () => {
    const changes = new Signal();
    expect(await changes.after(0, never, 1)).toBe(false);
    expect(changes.waiters).toBe(0);
  });
});
