/** One number that a bench found, and what it is held against. */
export interface Measurement {
  what: string;
  value: number;
  unit: string;
  /** user and system time of all processes concerned, in microseconds for one event, order or row */
  cpuMicros?: number;
  /** in words, e.g. `at least 60,000, aim 200,000` */
  against: string;
  verdict: 'aim met' | 'within the limit' | 'missed' | '-';
}

export interface Bench {
  /** as on the command line */
  name: string;
  /** what it does, in a sentence for the results */
  title: string;
  /** @throws NotRunError where this machine lacks what it needs */
  run(options: BenchOptions): Promise<Measurement[]>;
}

export interface BenchOptions {
  /** a folder of its own, removed afterwards */
  folder: string;
  /** where CPU profiles go, when they are wanted */
  profiles?: string;
  /** tells what is going on */
  note(text: string): void;
}

/** A bench cannot be run on this machine; the message says what is missing. */
export class NotRunError extends Error {
  override readonly name = 'NotRunError';
}

interface Bar {
  aim?: number;
  limit?: number;
}

/** A measurement that should be high. */
export function atLeast(what: string, value: number, unit: string, { aim, limit }: Bar): Measurement {
  return {
    what,
    value,
    unit,
    against: words('at least', aim, limit),
    verdict: verdict((bar) => value >= bar, aim, limit),
  };
}

/** A measurement that should be low. */
export function below(what: string, value: number, unit: string, { aim, limit }: Bar): Measurement {
  return {
    what,
    value,
    unit,
    against: words('below', aim, limit),
    verdict: verdict((bar) => value < bar, aim, limit),
  };
}

/** A measurement that is there for its own sake, or because another is held against it. */
export function plain(what: string, value: number, unit: string): Measurement {
  return { what, value, unit, against: '-', verdict: '-' };
}

/**
 * A rate with what it costs.
 * @param cpuMicros processor time of one event, as `ProcessorTime.perEvent` tells it
 */
export const costing = (rate: Measurement, cpuMicros: number): Measurement => ({ ...rate, cpuMicros });

/** At most three significant decimals, thousands with commas. */
export function formatNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

function words(relation: string, aim: number | undefined, limit: number | undefined): string {
  const bars = [
    ...(limit === undefined ? [] : [`${relation} ${formatNumber(limit)}`]),
    ...(aim === undefined ? [] : [`aim ${formatNumber(aim)}`]),
  ];
  return bars.join(', ');
}

function verdict(
  passes: (bar: number) => boolean,
  aim: number | undefined,
  limit: number | undefined,
): Measurement['verdict'] {
  if (aim !== undefined && passes(aim)) return 'aim met';
  if (limit !== undefined && passes(limit)) return aim === undefined ? 'aim met' : 'within the limit';
  return 'missed';
}
