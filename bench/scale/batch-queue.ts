/** A server that takes all that wait as its next batch, as group commit does. */
export interface BatchServer {
  /** of a batch, however small; milliseconds */
  perBatchMs: number;
  /** of each in it; milliseconds */
  perEventMs: number;
  /** most of a batch */
  most: number;
}

/**
 * The server whose batches of two sizes take what was measured: n callers that each wait for their answer
 * make batches of n, so a batch takes n / rate.
 */
export function batchServer(
  few: { atOnce: number; perSecond: number },
  many: { atOnce: number; perSecond: number },
  most: number,
): BatchServer {
  const [fewMs, manyMs] = [few, many].map(({ atOnce, perSecond }) => (atOnce * 1000) / perSecond) as [
    number,
    number,
  ];
  const perEventMs = (manyMs - fewMs) / (many.atOnce - few.atOnce);
  return { perBatchMs: Math.max(0, fewMs - few.atOnce * perEventMs), perEventMs, most };
}

/** What it takes at most, in full batches: events a second. */
export const mostPerSecond = ({ perBatchMs, perEventMs, most }: BatchServer): number =>
  (1000 * most) / (perBatchMs + most * perEventMs);

/** From arrival to the end of the batch, milliseconds. */
export interface Latency {
  mean: number;
  p50: number;
  p99: number;
}

/**
 * Simulates arrivals at random times (a Poisson process) before one server. The same for the same numbers.
 * @param perSecond arrivals
 * @param count of arrivals that are simulated
 */
export function simulate(server: BatchServer, perSecond: number, count = 200_000): Latency {
  const random = randomOf(1);
  const arrivals = new Float64Array(count);
  for (let i = 0, at = 0; i < count; i++) {
    at -= (1000 / perSecond) * Math.log(1 - random());
    arrivals[i] = at;
  }
  const latencies = new Float64Array(count);
  let free = 0;
  for (let next = 0; next < count; ) {
    const begin = Math.max(free, arrivals[next] ?? 0);
    let end = next + 1;
    while (end < count && end - next < server.most && (arrivals[end] ?? 0) <= begin) end++;
    free = begin + server.perBatchMs + (end - next) * server.perEventMs;
    for (; next < end; next++) latencies[next] = free - (arrivals[next] ?? 0);
  }
  latencies.sort();
  const at = (share: number) => latencies[Math.floor(share * (count - 1))] ?? Number.NaN;
  return { mean: latencies.reduce((sum, each) => sum + each, 0) / count, p50: at(0.5), p99: at(0.99) };
}

/** mulberry32 */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
