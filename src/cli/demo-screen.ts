import type { Counts } from '../ingest/simulator/statistics';

/** What the demo asks of the subscription `liveMetrics`. */
export const LIVE_METRICS = `subscription {
  liveMetrics(everyMs: 500) {
    currency orders gross net anomalies lag { events seconds }
    byCategory { category net orders }
  }
}`;

export interface LiveMetrics {
  currency: string | null;
  orders: number;
  gross: string;
  net: string;
  anomalies: number;
  lag: { events: number; seconds: number };
  byCategory: { category: string; net: string; orders: number }[];
}

export interface DemoState {
  metrics: LiveMetrics;
  /** of the simulator's last second */
  requests: Pick<Counts, 'accepted' | 'failed' | 'p50' | 'p99'> | undefined;
}

const TOP_CATEGORIES = 6;
const BAR_WIDTH = 24;

/** The numbers as a block of lines for a terminal. */
export function screenLines({ metrics, requests }: DemoState): string[] {
  const { currency, orders, gross, net, anomalies, lag, byCategory } = metrics;
  const money = (amount: string) => `${grouped(amount)} ${currency ?? ''}`;
  const top = byCategory.toSorted((a, b) => Number(b.net) - Number(a.net)).slice(0, TOP_CATEGORIES);
  const most = Math.max(Number(top[0]?.net ?? 0), 1);
  const width = Math.max(0, ...top.map(({ category }) => category.length));
  return [
    `  orders ${grouped(orders)}, anomalies among them ${grouped(anomalies)}`,
    `  gross ${money(gross)}, net ${money(net)}`,
    '',
    ...top.map(({ category, net: amount }) => {
      const bar = '#'.repeat(Math.max(0, Math.round((Number(amount) / most) * BAR_WIDTH)));
      return `  ${category.padEnd(width)}  ${bar.padEnd(BAR_WIDTH)}  ${money(amount)}`;
    }),
    '',
    `  read models behind by ${grouped(lag.events)} events (${lag.seconds.toFixed(1)} s)`,
    requests === undefined
      ? '  the simulator starts'
      : `  simulator: ${requests.accepted} requests/s, ${requests.failed} failed, ` +
        `p50 ${Math.round(requests.p50)} ms, p99 ${Math.round(requests.p99)} ms`,
  ];
}

/** The numbers in one line. */
export function plainLine({ metrics, requests }: DemoState): string {
  const { currency, orders, net, anomalies, lag, byCategory } = metrics;
  const best = byCategory.toSorted((a, b) => Number(b.net) - Number(a.net))[0];
  return [
    `orders ${orders}`,
    `net ${net} ${currency ?? ''}`,
    `best ${best ? `${best.category} ${best.net}` : '-'}`,
    `anomalies ${anomalies}`,
    `lag ${lag.events} events`,
    `requests ${requests?.accepted ?? 0}/s`,
  ].join('  ');
}

function grouped(number: number | string): string {
  const [whole = '', fraction] = String(number).split('.');
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? text : `${text}.${fraction}`;
}

type Output = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

const PLAIN_EVERY_MS = 2_000;

/** Shows the state: in place on a terminal, as a line every two seconds elsewhere. */
export function createScreen(output: Output): { show(state: DemoState): void } {
  let height = 0;
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show(state) {
      if (output.isTTY) {
        // A terminal that does not know its size says 0.
        const width = (output.columns || 80) - 1;
        const lines = screenLines(state).map((line) => `\x1b[2K${line.slice(0, width)}\n`);
        output.write(`${height > 0 ? `\x1b[${height}A` : ''}${lines.join('')}\x1b[J`);
        height = lines.length;
      } else if (performance.now() - shownAt >= PLAIN_EVERY_MS) {
        shownAt = performance.now();
        output.write(`${plainLine(state)}\n`);
      }
    },
  };
}
