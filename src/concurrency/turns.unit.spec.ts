import { setImmediate as nextTick } from 'node:timers/promises';
import { Turns } from './turns';

const ten = Array.from({ length: 10 }, (_, n) => n);

describe('turns', () => {
  it('let no more work run at once than allowed, whoever asks', async () => {
    const turns = new Turns(3);
    let [running, most] = [0, 0];
    const work = async (n: number) => {
      most = Math.max(most, ++running);
      await nextTick();
      running--;
      return n * 2;
    };
    const [first, second] = await Promise.all([turns.map(ten, work), turns.map(ten, work)]);
    expect(most).toBe(3);
    expect(first).toEqual(ten.map((n) => n * 2));
    expect(second).toEqual(first);
  });

  it('throw the first failure after running work has ended, and begin nothing more', async () => {
    const turns = new Turns(2);
    const begun: number[] = [];
    const ended: number[] = [];
    const failing = turns.map(ten, async (n) => {
      begun.push(n);
      await nextTick();
      if (n === 1) throw new Error('the disk is full');
      await nextTick();
      ended.push(n);
    });
    await expect(failing).rejects.toThrow('the disk is full');
    expect(begun).toEqual([0, 1]);
    expect(ended).toEqual([0]);
    expect(await turns.map(ten, async (n) => n)).toEqual(ten);
  });
});
