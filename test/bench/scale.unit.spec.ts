import { batchServer, mostPerSecond, simulate } from '../../bench/scale/batch-queue';
import { appendsAt, find, mostAtOnce, rowsOf } from '../../bench/scale/measured';
import { loadTable, picture } from '../../bench/scale/page';
import { loads, ordersPerSecond, type Part, partsOf } from '../../bench/scale/parts';
import { checkedIn, made } from '../../bench/scale/write';
import { plain } from '../../bench/support/bench';
import { resultsPage } from '../../bench/support/results';

const part = (name: string, perSecond: number, side: Part['side'], perOrder = 4): Part => ({
  name,
  perSecond,
  perOrder,
  side,
  add: '',
  wall: '',
});

const page = resultsPage([
  {
    bench: { name: 'append', title: 'appends', run: async () => [] },
    measurements: [
      plain('tidemark, 1 at once', 2_000, 'appends/s'),
      { ...plain('tidemark, 512 at once', 40_000.4, 'appends/s'), cpuMicros: 31.5 },
      plain('other, 512 at once', 5, 'appends/s'),
      plain('by processor time', 8_000, 'appends/core-second'),
    ],
  },
  { bench: { name: 'kafka', title: 'Kafka', run: async () => [] }, measurements: [], notRun: 'no Java' },
]);

describe('the page of results', () => {
  it('is read with its numbers and what they cost', () => {
    const rows = rowsOf(page);
    expect(rows.map(({ bench }) => bench)).toEqual(Array(4).fill('append'));
    expect(find(rows, 'append', /512/)).toEqual({
      bench: 'append',
      what: 'tidemark, 512 at once',
      value: 40_000,
      unit: 'appends/s',
      cpuMicros: 31.5,
    });
    expect(find(rows, 'append', /, 1 at/).cpuMicros).toBeUndefined();
    expect(find(rows, 'append', /processor/).cpuMicros).toBe(125);
    expect(mostAtOnce(rows)).toEqual({ atOnce: 512, perSecond: 40_000 });
    expect(appendsAt(rows, 1)).toEqual({ atOnce: 1, perSecond: 2_000 });
  });

  it('is named with what it lacks', () => {
    expect(() => partsOf(rowsOf(page))).toThrow('bench/RESULTS.md has no number for mutations: ^placeOrder$');
  });
});

describe('the parts', () => {
  it('hold what one does, times as many as can work side by side', () => {
    expect(ordersPerSecond(part('a', 8_000, 'one'), 3)).toBe(2_000);
    expect(ordersPerSecond(part('b', 8_000, 'partitions'), 3)).toBe(6_000);
    expect(ordersPerSecond(part('c', 500, 'any', 1))).toBe(500);
  });

  it('are told with the fullest first, and with how many keep each below 70 %', () => {
    const parts = [
      part('log', 40_000, 'one'),
      part('projector', 8_000, 'partitions'),
      part('api', 4_000, 'any'),
    ];
    const told = (orders: number, partitions: number) =>
      loads(parts, orders, partitions).map(({ part: { name }, ofOne, needed }) => [name, ofOne, needed]);
    expect(told(3_500, 3)).toEqual([
      ['api', 3.5, 5],
      ['projector', 1.75, 3],
      ['log', 0.35, 1],
    ]);
    expect(told(8_000, 3).map(([, , needed]) => needed)).toEqual([12, undefined, undefined]);
    expect(told(7_000, 6).map(([, , needed]) => needed)).toEqual([10, 5, 1]);
  });
});

describe('group commit', () => {
  it('is solved from two measurements', () => {
    const server = batchServer({ atOnce: 1, perSecond: 2_000 }, { atOnce: 512, perSecond: 40_000 }, 2_000);
    const batchMs = (events: number) => server.perBatchMs + events * server.perEventMs;
    expect(batchMs(1)).toBeCloseTo(0.5);
    expect(batchMs(512)).toBeCloseTo(12.8);
    expect(mostPerSecond(server)).toBeCloseTo((2_000 * 1_000) / batchMs(2_000));
  });

  it('costs nothing for a batch where the measurements say so', () => {
    expect(batchServer({ atOnce: 1, perSecond: 100 }, { atOnce: 10, perSecond: 99 }, 9).perBatchMs).toBe(0);
  });

  it.each([0.3, 0.7, 0.9])(
    'waits as theory says at a load of %p, where each is a batch of its own',
    (load) => {
      // M/D/1: the mean time in the queue is load / (2 (1 - load)) services.
      const { mean } = simulate({ perBatchMs: 1, perEventMs: 0, most: 1 }, load * 1_000, 400_000);
      const theory = 1 + load / (2 * (1 - load));
      expect(Math.abs(mean / theory - 1)).toBeLessThan(0.05);
    },
  );

  it('takes the time of a batch and an event while it is idle, and falls behind only when it is full', () => {
    const server = { perBatchMs: 0.3, perEventMs: 0.02, most: 2_000 };
    const idle = simulate(server, 10);
    expect(idle.p50).toBeCloseTo(0.32);
    const busy = simulate(server, 0.9 * mostPerSecond(server));
    expect(busy.p99).toBeGreaterThan(idle.p99);
    expect(busy.p99).toBeLessThan(2 * (0.3 + 2_000 * 0.02));
    const full = simulate(server, 1.1 * mostPerSecond(server));
    expect(full.p99).toBeGreaterThan(10 * busy.p99);
  });
});

describe('docs/scale.md', () => {
  it('and its picture are what bench/RESULTS.md makes of them (npm run scale)', () => {
    expect(made()).toEqual(checkedIn());
  });

  it('has each part in the picture and for a terminal', () => {
    const rows = ['placeOrder', 'ping with the same order'].map((what) => ({ bench: 'mutations', what }));
    const others = [
      { bench: 'append', what: 'tidemark, 512 at once' },
      { bench: 'kafka', what: 'bridge' },
      { bench: 'kafka', what: 'projectors' },
      { bench: 'replay', what: 'replay into all read models' },
      { bench: 'lake', what: 'orders into the lake' },
    ];
    const all = [...rows, ...others].map((each) => ({
      ...each,
      value: 4_000,
      unit: '',
      cpuMicros: undefined,
    }));
    const svg = picture(all);
    const told = loadTable(all, 1_400, 12);
    for (const { name } of partsOf(all)) {
      expect(svg).toContain(name);
      expect(told).toContain(name);
    }
    expect(told).toContain('| a projector on Kafka | 140 % | 2 |');
    expect(told).toMatch(/the event log in one Postgres \| 140 % \| not enough: a faster disk/);
  });
});
