import { Counter, Gauge, type Registry } from 'prom-client';

/** A process that does part of the server's work. */
export interface WorkerStatus {
  role: string;
  /** `starting` until it is heard of, `ended` until it is started again */
  status: 'starting' | 'running' | 'ended';
  /** absent while it is ended */
  pid?: number;
  /** how often it was started again */
  restarts: number;
  /** why it ended last, and when in ISO 8601; absent if it never did */
  lastEnd?: { reason: string; at: string };
  /** processor time of all its runs, user and system; seconds */
  cpuSeconds: number;
  /** 0 while it is not running */
  residentBytes: number;
}

/** What /metrics tells of the workers. */
export class WorkerMetrics {
  private readonly up: Gauge<'role'>;
  private readonly memory: Gauge<'role'>;
  private readonly restarts: Counter<'role'>;
  private readonly cpu: Counter<'role'>;

  constructor(registry: Registry) {
    const labelled = (name: string, help: string) => ({
      name,
      help,
      labelNames: ['role'] as const,
      registers: [registry],
    });
    this.up = new Gauge(labelled('tidemark_worker_up', '1 while the process of a role runs, else 0'));
    this.memory = new Gauge(
      labelled('tidemark_worker_resident_memory_bytes', 'Resident memory of the process of a role'),
    );
    this.restarts = new Counter(
      labelled('tidemark_worker_restarts_total', 'How often the process of a role was started again'),
    );
    this.cpu = new Counter(
      labelled('tidemark_worker_cpu_seconds_total', 'Processor time of the processes of a role'),
    );
  }

  tell(workers: readonly WorkerStatus[]): void {
    this.restarts.reset();
    this.cpu.reset();
    for (const { role, status, restarts, cpuSeconds, residentBytes } of workers) {
      this.up.set({ role }, status === 'running' ? 1 : 0);
      this.memory.set({ role }, residentBytes);
      this.restarts.inc({ role }, restarts);
      this.cpu.inc({ role }, cpuSeconds);
    }
  }
}
