import { Backoff } from './backoff';

const pausesOf = (backoff: Backoff, count: number): number[] =>
  Array.from({ length: count }, () => backoff.next());

afterEach(() => jest.restoreAllMocks());

describe('a back-off', () => {
  it('doubles its pauses up to the longest', () => {
    const backoff = new Backoff({ firstMs: 100, longestMs: 2_000 });
    expect(pausesOf(backoff, 7)).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000]);
  });

  it('begins with the longest pause where the first would be longer', () => {
    const backoff = new Backoff({ firstMs: 9_000, longestMs: 5_000 });
    expect(pausesOf(backoff, 2)).toEqual([5_000, 5_000]);
  });

  it('begins anew after a success', () => {
    const backoff = new Backoff({ firstMs: 50, longestMs: 2_000 });
    pausesOf(backoff, 3);
    backoff.reset();
    expect(pausesOf(backoff, 2)).toEqual([50, 100]);
  });

  it('shortens pauses at random by half at most, and doubles them all the same', () => {
    const random = jest.spyOn(Math, 'random');
    const backoff = new Backoff({ firstMs: 100, longestMs: 400, jitter: true });
    random.mockReturnValue(0);
    expect(pausesOf(backoff, 2)).toEqual([50, 100]);
    random.mockReturnValue(1);
    expect(pausesOf(backoff, 2)).toEqual([400, 400]);
  });

  it('waits no longer when its signal aborts', async () => {
    const stopping = new AbortController();
    const waiting = new Backoff({ firstMs: 3_600_000, longestMs: 3_600_000 }).wait(stopping.signal);
    stopping.abort();
    await waiting;
  });
});
