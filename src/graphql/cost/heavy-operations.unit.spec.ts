import { nextTurn } from '../../concurrency/next-turn';
import { LIMITS } from '../limits';
import { HeavyOperations } from './heavy-operations';
import type { OperationCost } from './operation-cost';

const costing = (total: number): OperationCost => ({ total }) as OperationCost;
const LARGE = costing(LIMITS.heavy.cost + 1);
const { atOnce, waitMs } = LIMITS.heavy;

/** Lets the code behind settled promises run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('few large operations run at once, the others in their order, and small ones pass by', async () => {
  const heavy = new HeavyOperations();
  const running: number[] = [];
  const leave: (() => void)[] = [];
  for (let i = 0; i < atOnce + 2; i++)
    void heavy.enter(LARGE).then((over) => {
      running.push(i);
      leave.push(over);
    });
  await settled();
  expect(running).toHaveLength(atOnce);
  (await heavy.enter(costing(LIMITS.heavy.cost)))();
  (await heavy.enter(undefined))();
  leave[0]?.();
  leave[0]?.();
  await settled();
  expect(running).toEqual(Array.from({ length: atOnce + 1 }, (_, i) => i));
  for (const over of leave) over();
  await settled();
  expect(running).toHaveLength(atOnce + 2);
});

it('one that waited too long is refused, and takes nobody else’s turn', async () => {
  jest.useFakeTimers();
  try {
    const heavy = new HeavyOperations();
    const leave = await Promise.all(Array.from({ length: atOnce }, () => heavy.enter(LARGE)));
    const waiting = expect(heavy.enter(LARGE)).rejects.toMatchObject({ extensions: { code: 'OVERLOADED' } });
    await jest.advanceTimersByTimeAsync(waitMs);
    await waiting;
    for (const over of leave) over();
    await Promise.all(Array.from({ length: atOnce }, () => heavy.enter(LARGE)));
  } finally {
    jest.useRealTimers();
  }
});

it('between two large pieces of work there is a round of input and output', async () => {
  const seen: string[] = [];
  const pieces = Promise.all(['a', 'b', 'c'].map((name) => nextTurn().then(() => seen.push(name))));
  let rounds = 0;
  let isDone = false;
  const count = () => {
    rounds += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await pieces;
  isDone = true;
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(rounds).toBeGreaterThanOrEqual(2);
  await nextTurn();
});
