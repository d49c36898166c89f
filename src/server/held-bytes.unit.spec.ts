import { HeldBytes } from './held-bytes';

function holders(held: HeldBytes, count: number) {
  const givenUp: number[] = [];
  const opened = Array.from({ length: count }, (_, i) => held.open(() => givenUp.push(i)));
  return {
    givenUp,
    add: (i: number, bytes: number) => opened[i]?.add(bytes),
    close: (i: number) => opened[i]?.close(),
  };
}

it('gives up whoever holds the most when all together hold too much', () => {
  const held = new HeldBytes(100);
  const { givenUp, add } = holders(held, 3);
  add(0, 30);
  add(1, 50);
  add(2, 20);
  expect(givenUp).toEqual([]);
  add(2, 1);
  expect(givenUp).toEqual([1]);
  expect(held.bytes).toBe(51);
});

it('among equals the one that has been there longest goes: a stalled client for one that moves on', () => {
  const held = new HeldBytes(100);
  const { givenUp, add } = holders(held, 4);
  for (let round = 0; round < 4; round++) for (let i = 0; i < 4; i++) add(i, 10);
  expect(givenUp).toEqual([0, 1]);
  expect(held.bytes).toBeLessThanOrEqual(100);
});

it('forgets what is read, closed or given up', () => {
  const held = new HeldBytes(100);
  const { givenUp, add, close } = holders(held, 2);
  add(0, 60);
  add(0, -60);
  add(1, 90);
  close(1);
  add(1, 90);
  expect(held.bytes).toBe(0);
  add(0, 101);
  expect(givenUp).toEqual([0]);
  add(0, 500);
  expect(held.bytes).toBe(0);
});
