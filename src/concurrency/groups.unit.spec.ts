import { setImmediate as nextTurn } from 'node:timers/promises';
import { Groups } from './groups';

/** Notes each group, and ends it when it is told to. */
function recorded() {
  const seen: string[][] = [];
  const ends: { done: () => void; fail: (error: Error) => void }[] = [];
  const groups = new Groups<string>((items) => {
    seen.push([...items]);
    return new Promise((done, fail) => ends.push({ done, fail }));
  });
  return { seen, ends, groups };
}

const turns = async () => {
  for (let i = 0; i < 5; i++) await nextTurn();
};

describe('groups', () => {
  it('have all that comes at the same time, and all that comes while the one before is at work', async () => {
    const { seen, ends, groups } = recorded();
    const first = [groups.add('a', 'a1'), groups.add('b', 'b1')];
    await turns();
    const second = [groups.add('a', 'a2'), groups.add('c', 'c1')];
    await turns();
    second.push(groups.add('b', 'b2'));
    await turns();
    expect(seen).toEqual([['a1', 'b1']]);
    ends[0]?.done();
    await Promise.all(first);
    await turns();
    expect(seen[1]).toEqual(['a2', 'c1', 'b2']);
    ends[1]?.done();
    await Promise.all(second);
  });

  it('have one item of a key each, in the order of the calls', async () => {
    const { seen, ends, groups } = recorded();
    const added = ['a1', 'a2', 'a3'].map((item) => groups.add('a', item));
    const other = groups.add('b', 'b1');
    for (let group = 0; group < 3; group++) {
      await turns();
      ends[group]?.done();
    }
    await Promise.all([...added, other]);
    expect(seen).toEqual([['a1', 'b1'], ['a2'], ['a3']]);
  });

  it('fail with the one before, and are not begun then', async () => {
    const { seen, ends, groups } = recorded();
    const failing = groups.add('a', 'a1');
    await turns();
    const waiting = groups.add('a', 'a2');
    const failures = Promise.allSettled([failing, waiting]);
    ends[0]?.fail(new Error('broken'));
    expect(await failures).toMatchObject([
      { status: 'rejected', reason: { message: 'broken' } },
      { status: 'rejected', reason: { message: 'broken' } },
    ]);
    await expect(groups.add('b', 'b1')).rejects.toThrow('broken');
    expect(seen).toEqual([['a1']]);
  });
});
