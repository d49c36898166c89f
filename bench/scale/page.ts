import { formatNumber } from '../support/bench';
import { batchServer, mostPerSecond, simulate } from './batch-queue';
import { appendsAt, mostAtOnce, type Row } from './measured';
import { FULL, loads, ordersPerSecond, type Part, partsOf } from './parts';

/** Most events of a batch of appends. */
const BATCH_EVENTS = 2_000;
/** Loads that the simulation of the log is shown at. */
const SHARES = [0.1, 0.5, 0.7, 0.9, 0.95];
const SIDE = { any: 'any number', one: 'one', partitions: 'one a partition' };

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (header: readonly string[], rows: readonly string[][]): string =>
  [row(header), row(header.map(() => '---')), ...rows.map(row)].join('\n');

const byCapacity = (parts: readonly Part[]): Part[] =>
  [...parts].sort((one, other) => ordersPerSecond(one) - ordersPerSecond(other));

/** What each part holds, the first wall first. */
export function capacityTable(rows: readonly Row[]): string {
  return table(
    ['part', 'one holds, orders/s', 'add at', 'side by side', 'what to add', 'the next wall'],
    byCapacity(partsOf(rows)).map((part) => [
      part.name,
      formatNumber(Math.round(ordersPerSecond(part))),
      formatNumber(Math.round(FULL * ordersPerSecond(part))),
      SIDE[part.side],
      part.add,
      part.wall,
    ]),
  );
}

/** How long an append waits for its commit, by the load of the log: simulated. */
export function commitTable(rows: readonly Row[]): string {
  const server = batchServer(appendsAt(rows, 1), mostAtOnce(rows), BATCH_EVENTS);
  const most = mostPerSecond(server);
  return table(
    ['load of the log', 'appends/s', 'commit, mean', 'p50', 'p99'],
    SHARES.map((share) => {
      const { mean, p50, p99 } = simulate(server, share * most);
      const ms = [mean, p50, p99].map((each) => `${formatNumber(each)} ms`);
      return [`${formatNumber(share * 100)} %`, formatNumber(Math.round(share * most)), ...ms];
    }),
  );
}

/** For a terminal: what so many orders a second ask of each part. */
export function loadTable(rows: readonly Row[], orders: number, partitions: number): string {
  return table(
    ['part', 'load of one', 'how many'],
    loads(partsOf(rows), orders, partitions).map(({ part, ofOne, needed }) => [
      part.name,
      `${formatNumber(ofOne * 100)} %`,
      needed === undefined ? `not enough: ${part.add}` : String(needed),
    ]),
  );
}

const [LEFT, BAR, HEIGHT, TOP] = [300, 420, 26, 34] as const;
/** The ends of the picture's logarithmic scale, orders/s. */
const [FROM, TO] = [100, 100_000] as const;

/** A bar for each part, on a logarithmic scale, the first wall on top. */
export function picture(rows: readonly Row[]): string {
  const parts = byCapacity(partsOf(rows));
  const x = (orders: number) =>
    LEFT + (BAR * Math.log(Math.min(TO, Math.max(FROM, orders)) / FROM)) / Math.log(TO / FROM);
  const height = TOP + HEIGHT * parts.length + 10;
  const grid = [100, 1_000, 10_000, 100_000].flatMap((at) => [
    `<line x1="${x(at)}" y1="${TOP - 6}" x2="${x(at)}" y2="${height - 8}" stroke="#ccc"/>`,
    `<text x="${x(at)}" y="20" text-anchor="middle">${formatNumber(at)}</text>`,
  ]);
  const bars = parts.flatMap((part, i) => {
    const orders = ordersPerSecond(part);
    const y = TOP + HEIGHT * i;
    const color = part.side === 'one' ? '#c55a11' : '#2e75b6';
    const bar = (to: number, opacity: number) =>
      `<rect x="${LEFT}" y="${y}" width="${(x(to) - LEFT).toFixed(1)}" height="18" fill="${color}" ` +
      `opacity="${opacity}"/>`;
    return [
      `<text x="${LEFT - 8}" y="${y + 14}" text-anchor="end">${part.name}</text>`,
      bar(orders, 0.45),
      bar(FULL * orders, 1),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${LEFT + BAR + 50}" height="${height}"`,
    '  font-family="sans-serif" font-size="13">',
    '<title>Orders a second that one of each part holds</title>',
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...grid,
    ...bars,
    '</svg>',
    '',
  ].join('\n');
}
