import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { createRandom, type Random } from '../../src/ingest/simulator/random';
import { eventually } from '../support/api';
import { type RunningProgram, runProgram, startProgram } from '../support/program';
import { type Attempt, requestsOf } from './attempt';
import { csvAttempt } from './csv-attempts';
import { httpAttempt, rawAttempt } from './http-attempts';
import { Importer } from './import-attempts';
import { type Fault, Sender } from './send';
import { socketAttempt } from './socket-attempts';
import { type Vitals, Watch } from './vitals';

/** How many attempts are under way at once. */
const AT_ONCE = 24;
/** A run reports at most this many faults, each kind once; more would be noise. */
const MOST_FAULTS = 20;

export interface FoundFault {
  attempt: Attempt;
  fault: string;
}

export interface FuzzReport {
  requests: number;
  seconds: number;
  /** by kind of attempt, how many requests */
  sent: Record<Attempt['kind'], number>;
  /** HTTP status or close code -> how often */
  outcomes: Record<string, number>;
  faults: FoundFault[];
  /** lines of level error and above in the server's log, the first of them */
  loggedErrors: string[];
  vitals: Vitals;
  /** every read model was rebuilt from the log at the end, and was the same */
  replayVerified: boolean;
  /** of the end after SIGTERM; null when the process died before */
  exitCode: number | null;
}

/** Attempts without end, the same for the same seed. */
export function* randomAttempts(seed: number): Generator<Attempt> {
  const schema: GraphQLSchema = buildSchema(readFileSync(join(__dirname, '../../schema.graphql'), 'utf8'));
  const random: Random = createRandom(seed);
  for (;;) {
    const way = random.weighted([0.84, 0.07, 0.08, 0.01]);
    if (way === 0) yield httpAttempt(schema, random);
    else if (way === 1) yield rawAttempt(random);
    else if (way === 2) yield socketAttempt(schema, random);
    else yield csvAttempt(random);
  }
}

/**
 * Starts the built program on an empty folder, sends it attempts, and tells what it did.
 * @param attempts an endless source is cut off after `requests`
 */
export async function fuzz(
  attempts: Iterable<Attempt>,
  requests = Number.POSITIVE_INFINITY,
  onProgress: (sent: number, faults: number) => void = () => {},
): Promise<FuzzReport> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-fuzz-'));
  const env = {
    TIDEMARK_DATA_DIR: join(folder, 'data'),
    REPORTING_CURRENCY: 'EUR',
    STORE_TIME_ZONE: 'Europe/Berlin',
  };
  const program = await startProgram(env);
  try {
    await eventually(async () => (await fetch(program.at('/readyz'))).status === 200);
    const run = new FuzzRun(program, await Importer.open(env, folder));
    const startedAt = performance.now();
    const sent = await run.send(attempts, requests, onProgress).finally(() => run.close());
    const seconds = (performance.now() - startedAt) / 1000;
    const { vitals } = run.watch;
    const alive = program.process.exitCode === null && program.process.signalCode === null;
    const replay = alive ? await runProgram(['replay', '--all', '--verify', '--no-switch'], env) : undefined;
    const { exitCode, stdout } = await program.end();
    return {
      requests: Object.values(sent).reduce((sum, count) => sum + count, 0),
      seconds,
      sent,
      outcomes: Object.fromEntries([...run.sender.outcomes].sort(([a], [b]) => a.localeCompare(b))),
      faults: run.faults,
      loggedErrors: errorsOf(stdout),
      vitals,
      replayVerified: replay?.exitCode === 0,
      exitCode: alive ? exitCode : null,
    };
  } finally {
    if (program.process.exitCode === null) await program.end('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

class FuzzRun {
  readonly sender: Sender;
  readonly faults: FoundFault[] = [];
  private readonly known = new Set<string>();
  readonly watch: Watch;
  /** one file at a time, as a command would */
  private importing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly program: RunningProgram,
    private readonly importer: Importer,
  ) {
    this.sender = new Sender(program.url);
    this.watch = new Watch(program.url, program.process.pid ?? 0);
  }

  /** @returns how many requests of each kind were sent */
  async send(
    attempts: Iterable<Attempt>,
    requests: number,
    onProgress: (sent: number, faults: number) => void,
  ): Promise<FuzzReport['sent']> {
    const sent = { http: 0, raw: 0, socket: 0, csv: 0 };
    let total = 0;
    const source = attempts[Symbol.iterator]();
    const work = async () => {
      while (total < requests && this.program.process.exitCode === null && this.faults.length < MOST_FAULTS) {
        const { done, value } = source.next();
        if (done) return;
        sent[value.kind] += requestsOf(value);
        total += requestsOf(value);
        const fault = await this.try(value).catch((error: Error) => `fails: ${error.message}`);
        if (fault !== undefined) this.tell(value, fault);
        onProgress(total, this.faults.length);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return sent;
  }

  private try(attempt: Attempt): Promise<Fault> {
    if (attempt.kind === 'http') return this.sender.http(attempt);
    if (attempt.kind === 'raw') return this.sender.raw(attempt);
    if (attempt.kind === 'socket') return this.sender.socket(attempt);
    const imported = this.importing.then(() => this.importer.import(attempt));
    this.importing = imported.catch(() => {});
    return imported;
  }

  private tell(attempt: Attempt, fault: string): void {
    const kind = fault.replace(/[0-9a-f]{8}-[0-9a-f-]+|\d+/g, '#').slice(0, 120);
    if (this.known.has(kind)) return;
    this.known.add(kind);
    this.faults.push({ attempt, fault });
  }

  async close(): Promise<void> {
    this.sender.close();
    await this.watch.end();
    await this.importer.close();
  }
}

const ERROR_LEVELS = ['error', 'fatal'];
const MOST_LINES = 10;

function errorsOf(log: string): string[] {
  return log
    .split('\n')
    .filter(
      (line) => line.startsWith('{') && ERROR_LEVELS.includes((JSON.parse(line) as { level: string }).level),
    )
    .slice(0, MOST_LINES);
}

/** The name of a seed, derived from its content. */
export const seedName = (attempt: Attempt): string =>
  `${attempt.kind}-${createHash('sha256').update(JSON.stringify(attempt)).digest('hex').slice(0, 10)}.json`;
