export interface ProgressOptions {
  /** what is being done, e.g. `Importing orders` */
  label: string;
  /** how many units there are, where that is known */
  total?: number;
  /** plural noun of what is counted, e.g. `rows` */
  unit: string;
  /** where it is written; default stderr */
  stream?: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  /** Unix milliseconds */
  now?: () => number;
}

export interface Progress {
  /**
   * Says that `done` units are finished, of `total` where that became known. Cheap enough to call for each.
   */
  update(done: number, extra?: string, total?: number): void;
  /** Replaces the bar by a last line. */
  done(summary: string): void;
}

const TERMINAL_EVERY_MS = 100;
const PLAIN_EVERY_MS = 5_000;
const BAR_WIDTH = 24;
/** The rate that is shown is that of so many milliseconds. */
const RATE_WINDOW_MS = 10_000;

/**
 * Shows how far a long job is: a bar with rate and time left on a terminal, a plain line every few seconds
 * elsewhere.
 */
export function createProgress({
  label,
  total,
  unit,
  stream = process.stderr,
  now = Date.now,
}: ProgressOptions): Progress {
  const terminal = stream.isTTY === true;
  const samples: { at: number; done: number }[] = [{ at: now(), done: 0 }];
  let shownAt = terminal ? 0 : now();

  const rate = (at: number, done: number): number => {
    samples.push({ at, done });
    while (samples.length > 2 && at - (samples[1]?.at ?? at) > RATE_WINDOW_MS) samples.shift();
    const first = samples[0] ?? { at, done };
    return at > first.at ? ((done - first.done) * 1000) / (at - first.at) : 0;
  };

  return {
    update(done, extra, newTotal) {
      total = newTotal ?? total;
      const at = now();
      if (at - shownAt < (terminal ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS)) return;
      shownAt = at;
      const line = progressLine({ label, done, total, unit, rate: rate(at, done), extra, bar: terminal });
      stream.write(terminal ? `\r\x1b[2K${line.slice(0, (stream.columns || 80) - 1)}` : `${line}\n`);
    },
    done(summary) {
      stream.write(terminal ? `\r\x1b[2K${summary}\n` : `${summary}\n`);
    },
  };
}

interface LineParts {
  label: string;
  done: number;
  total: number | undefined;
  unit: string;
  /** units a second */
  rate: number;
  extra: string | undefined;
  bar: boolean;
}

function progressLine({ label, done, total, unit, rate, extra, bar }: LineParts): string {
  const parts = [label];
  if (total === undefined) parts.push(`${count(done)} ${unit}`);
  else {
    const share = total === 0 ? 1 : Math.min(done / total, 1);
    const filled = Math.round(share * BAR_WIDTH);
    if (bar) parts.push(`[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}]`);
    parts.push(`${Math.floor(share * 100)}%`, `${count(done)}/${count(total)} ${unit}`);
  }
  parts.push(`${count(rate)}/s`);
  if (total !== undefined && rate > 0 && done < total) parts.push(`ETA ${duration((total - done) / rate)}`);
  if (extra) parts.push(extra);
  return parts.join('  ');
}

const count = (n: number): string => Math.round(n).toLocaleString('en-US');

/** Seconds as `42s`, `3m07s` or `2h05m`. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  const pad = (n: number) => String(n).padStart(2, '0');
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m${pad(s % 60)}s`;
  return `${Math.floor(s / 3600)}h${pad(Math.floor((s % 3600) / 60))}m`;
}
