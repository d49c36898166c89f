import type { Outcome } from './graphql-client';
import { Latencies } from './latency';
import type { Operation } from './operations';

export interface Counts {
  /** requests sent */
  sent: number;
  accepted: number;
  /** accepted ones that had been sent before, so that nothing was done */
  duplicates: number;
  failed: number;
  /** by code */
  failures: Record<string, number>;
  /** milliseconds from when a request was due to its answer */
  p50: number;
  p99: number;
  max: number;
}

/** Counts requests over a stretch of time. */
export class Statistics {
  private readonly latencies = new Latencies();
  private readonly failures = new Map<string, number>();
  readonly byOperation = new Map<Operation, { sent: number; accepted: number }>();
  private readonly all = { sent: 0, accepted: 0, duplicates: 0 };

  sent(operation: Operation): void {
    this.all.sent++;
    this.of(operation).sent++;
  }

  answered(operation: Operation, outcome: Outcome, latencyMs: number): void {
    this.latencies.add(latencyMs);
    if (!outcome.ok) {
      this.failures.set(outcome.code, (this.failures.get(outcome.code) ?? 0) + 1);
      return;
    }
    this.all.accepted++;
    this.of(operation).accepted++;
    if (outcome.duplicate) this.all.duplicates++;
  }

  counts(): Counts {
    return {
      ...this.all,
      failed: [...this.failures.values()].reduce((sum, count) => sum + count, 0),
      failures: Object.fromEntries([...this.failures].sort(([, a], [, b]) => b - a)),
      p50: round(this.latencies.percentile(0.5)),
      p99: round(this.latencies.percentile(0.99)),
      max: round(this.latencies.max),
    };
  }

  private of(operation: Operation): { sent: number; accepted: number } {
    const counts = this.byOperation.get(operation) ?? { sent: 0, accepted: 0 };
    this.byOperation.set(operation, counts);
    return counts;
  }
}

const round = (ms: number): number => Math.round(ms * 100) / 100;
