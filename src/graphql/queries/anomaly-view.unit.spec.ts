import { anomalyView, type Judged } from './anomaly-view';

const judged: Judged = {
  orderId: 'o1',
  currency: 'EUR',
  amount: 412_000n,
  position: '0000000000000000042',
  placedAt: 0,
  basis: 'NOW',
  population: { n: 1_204n, sum: 25_572_960n, sumSquares: 10n ** 12n },
  score: 5.3149,
};

it('gives its reason in one sentence', () => {
  expect(anomalyView(judged).reason).toBe(
    '4,120.00 is 5.31 standard deviations above the mean of 212.40 over 1,204 orders',
  );
  expect(anomalyView({ ...judged, amount: 1n, score: -2.005 }).reason).toContain(
    '0.01 is 2.00 standard deviations below the mean',
  );
});

it('groups thousands of the whole part only', () => {
  const dinars = { ...judged, currency: 'KWD', amount: 1_234_567_891n };
  expect(anomalyView(dinars).reason).toMatch(/^1,234,567\.891 is/);
  expect(anomalyView({ ...judged, currency: 'JPY' }).reason).toMatch(/^412,000 is .* mean of 21,240 over/);
});

it('shows mean and deviation with four more decimals than the currency', () => {
  expect(anomalyView(judged)).toMatchObject({ amount: '4120.00', mean: '212.400000', population: 1204 });
  expect(anomalyView(judged).standardDeviation).toMatch(/^\d+\.\d{6}$/);
});

it('tells of the median on basis ROBUST', () => {
  const robust = { ...judged, basis: 'ROBUST' as const, medianBucket: 1024 * 14, judged: 1_200 };
  expect(anomalyView(robust).reason).toBe(
    '4,120.00 has a robust score of 5.31 against a median of about 163.84 over 1,200 orders',
  );
});
