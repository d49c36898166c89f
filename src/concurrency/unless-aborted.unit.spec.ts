import { unlessAborted } from './unless-aborted';

const never = new Promise<never>(() => {});

describe('work that may be abandoned', () => {
  it('hands over its result or its failure', async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(signal, Promise.resolve(42))).toBe(42);
    await expect(unlessAborted(signal, Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  });

  it('is abandoned as soon as the signal aborts, with its reason', async () => {
    const stopping = new AbortController();
    const waiting = unlessAborted(stopping.signal, never);
    stopping.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    await expect(unlessAborted(stopping.signal, never)).rejects.toThrow('stopped');
  });

  it('may fail later without anybody noticing', async () => {
    const stopping = new AbortController();
    let fail: (error: Error) => void = () => {};
    const work = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const waiting = unlessAborted(stopping.signal, work);
    stopping.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    // Jest fails the suite for a rejection that nobody handles.
    fail(new Error('too late'));
    await new Promise((resolve) => setImmediate(resolve));
  });
});
