import { DueQueue } from './due-queue';
import { Latencies } from './latency';
import { createRandom } from './random';
import { Statistics } from './statistics';

describe('latencies', () => {
  it('give percentiles to about one percent', () => {
    const latencies = new Latencies();
    for (let ms = 1; ms <= 1_000; ms++) latencies.add(ms);
    expect(latencies.percentile(0.5)).toBeGreaterThan(495);
    expect(latencies.percentile(0.5)).toBeLessThan(506);
    expect(latencies.percentile(0.99)).toBeGreaterThan(980);
    expect(latencies.percentile(1)).toBeLessThanOrEqual(1_000);
    expect(latencies.max).toBe(1_000);
  });

  it('of nothing are zero', () => {
    expect(new Latencies().percentile(0.99)).toBe(0);
    expect(new Latencies().max).toBe(0);
  });
});

describe('what is due', () => {
  it('comes in the order of time, and not before it', () => {
    const queue = new DueQueue<number>();
    const random = createRandom(1);
    const times = Array.from({ length: 1_000 }, () => random.between(1, 500));
    for (const time of times) queue.add(time, time);
    expect(queue.size).toBe(1_000);
    expect(queue.countDue(250)).toBe(times.filter((time) => time <= 250).length);
    const taken: number[] = [];
    for (const now of [100, 250, 500]) {
      for (let entry = queue.takeDue(now); entry; entry = queue.takeDue(now)) {
        expect(entry.dueAt).toBeLessThanOrEqual(now);
        taken.push(entry.item);
      }
      expect(queue.nextDueAt ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
    }
    expect(taken).toEqual(times.toSorted((a, b) => a - b));
  });
});

describe('the statistics of requests', () => {
  it('count by outcome, operation and code', () => {
    const statistics = new Statistics();
    for (let i = 0; i < 4; i++) statistics.sent('placeOrder');
    statistics.answered('placeOrder', { ok: true, duplicate: false }, 1);
    statistics.answered('placeOrder', { ok: true, duplicate: true }, 2);
    statistics.answered('placeOrder', { ok: false, code: 'INVALID_INPUT', message: '' }, 3);
    expect(statistics.counts()).toMatchObject({
      sent: 4,
      accepted: 2,
      duplicates: 1,
      failed: 1,
      failures: { INVALID_INPUT: 1 },
      max: 3,
    });
    expect(statistics.byOperation.get('placeOrder')).toEqual({ sent: 4, accepted: 2 });
  });
});
