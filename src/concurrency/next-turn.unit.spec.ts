import { setImmediate as nextTick } from 'node:timers/promises';
import { nextTurn } from './next-turn';

describe('turns of large pieces of work', () => {
  it('come one after the other, and let immediates in between', async () => {
    const trace: string[] = [];
    const work = async (name: string) => {
      await nextTurn();
      trace.push(`${name} begins`);
      await Promise.resolve();
      trace.push(`${name} ends`);
    };
    const others = (async () => {
      for (let i = 0; i < 4; i++) {
        await nextTick();
        trace.push('other');
      }
    })();
    await Promise.all([work('a'), work('b'), work('c'), others]);
    const large = trace.filter((entry) => entry !== 'other');
    expect(large).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    for (const [before, after] of [
      ['a ends', 'b begins'],
      ['b ends', 'c begins'],
    ] as const)
      expect(trace.slice(trace.indexOf(before), trace.indexOf(after))).toContain('other');
  });

  it('come again after a pause', async () => {
    await nextTurn();
    for (let i = 0; i < 3; i++) await nextTick();
    await nextTurn();
  });
});
