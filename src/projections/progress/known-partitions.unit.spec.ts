import { KnownPartitions } from './known-partitions';

const orders = (hash: number) => ({ topic: 'orders' as const, hash });

function known(): KnownPartitions {
  const partitions = new KnownPartitions();
  partitions.read({ orders: ['3', '1'], catalogue: ['1'] });
  return partitions;
}

it('a key is as far as its partition', () => {
  const partitions = known();
  expect([4, 5].map((hash) => partitions.passed(orders(hash), '2'))).toEqual([true, false]);
  expect(partitions.hear(['orders', 1, 2, '2'])).toBe(true);
  expect(partitions.passed(orders(5), '2')).toBe(true);
  expect(partitions.passed(orders(5), '3')).toBe(false);
});

it('has passed whatever is of a topic that is not read', () => {
  expect(known().passed({ topic: 'activity', hash: 1 }, '9')).toBe(true);
});

it('has passed nothing while no partition is known', () => {
  expect(new KnownPartitions().passed(orders(1), '0')).toBe(false);
});

it('never goes back, neither by late news nor by an older reading of the table', () => {
  const partitions = known();
  partitions.hear(['orders', 0, 2, '2']);
  expect(partitions.passed(orders(0), '3')).toBe(true);
  partitions.hear(['orders', 1, 2, '7']);
  partitions.read({ orders: ['4', '1'], catalogue: ['1'] });
  expect([0, 1].map((hash) => partitions.passed(orders(hash), '4'))).toEqual([true, true]);
});

it('takes no news of partitions that were dealt by another number', () => {
  const partitions = known();
  expect(partitions.hear(['orders', 1, 3, '9'])).toBe(false);
  expect(partitions.hear(['activity', 0, 1, '9'])).toBe(false);
  expect(partitions.passed(orders(1), '2')).toBe(false);
  partitions.read({ orders: ['5', '5', '5'] });
  expect(partitions.hear(['orders', 1, 3, '9'])).toBe(true);
  expect([0, 1, 2].map((hash) => partitions.passed(orders(hash), '6'))).toEqual([false, true, false]);
});
