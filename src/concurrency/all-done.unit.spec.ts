import { setImmediate as nextTick } from 'node:timers/promises';
import { allDone } from './all-done';

describe('waiting for all work', () => {
  it('ends when all of it has ended', async () => {
    const ended: string[] = [];
    const work = async (name: string, ticks: number) => {
      for (let i = 0; i < ticks; i++) await nextTick();
      ended.push(name);
    };
    await allDone([work('slow', 3), work('quick', 1)]);
    expect(ended).toEqual(['quick', 'slow']);
    await allDone([]);
  });

  it('throws the first failure, but only when the rest has ended', async () => {
    let hasEnded = false;
    const slow = async () => {
      for (let i = 0; i < 3; i++) await nextTick();
      hasEnded = true;
    };
    const fails = async (message: string) => {
      throw new Error(message);
    };
    await expect(allDone([slow(), fails('the disk is full'), fails('too late')])).rejects.toThrow(
      'the disk is full',
    );
    expect(hasEnded).toBe(true);
  });
});
