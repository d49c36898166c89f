import { setImmediate } from 'node:timers/promises';
import { inParallel } from './in-parallel';

/** Work of so many turns of the event loop, which knows how many are under way. */
function tracked() {
  const state = { begun: [] as number[], underWay: 0, most: 0 };
  const work = async (turns: number) => {
    state.begun.push(turns);
    state.most = Math.max(state.most, ++state.underWay);
    for (let turn = 0; turn < turns; turn++) await setImmediate();
    state.underWay--;
    if (turns === 0) throw new Error('no turns');
    return turns * 10;
  };
  return { state, work };
}

describe('work in parallel', () => {
  it('gives the results in the order of the items, and never does more than so many at once', async () => {
    const { state, work } = tracked();
    expect(await inParallel([5, 1, 4, 2, 3], 2, work)).toEqual([50, 10, 40, 20, 30]);
    expect(state).toEqual({ begun: [5, 1, 4, 2, 3], underWay: 0, most: 2 });
  });

  it('begins nothing after an error, and fails when what was begun is done', async () => {
    const { state, work } = tracked();
    await expect(inParallel([9, 0, 1, 1], 2, work)).rejects.toThrow('no turns');
    expect(state).toMatchObject({ begun: [9, 0], underWay: 0 });
  });

  it('has nothing to do without items', async () => {
    expect(await inParallel([], 4, tracked().work)).toEqual([]);
  });
});
