// A process for one role beside the API, which `tidemark start` starts and tells what to do.
import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { type RunningRole, startBackgroundRole } from '../background-role';
import { type BackgroundRole, readConfig } from '../config';
import { createLogger } from '../logger';
import { openRuntime } from '../runtime';
import {
  endProcess,
  onNoReader,
  type Shutdown,
  type Step,
  StopRequested,
  shutdownBy,
  stopInOrder,
} from '../shutdown';
import { failOnUncaught } from '../uncaught';
import { endWithParent } from './end-with-parent';
import { BEAT_MS, type FromWorker, type ToWorker } from './messages';

const STOP_WITHIN_MS = 3_000;
/** Of a range from -1,000 to 1,000: the system ends this process before the one that serves. */
const OOM_SCORE_ADJ = '500';

type Work = Extract<ToWorker, { kind: 'work' }>;

async function main(role: BackgroundRole): Promise<void> {
  endWithParent();
  const { shutdown, told } = listenToParent();
  let running: RunningRole | undefined;
  const beat = () => tell({ kind: 'beat', beat: { ...usage(), lakePosition: running?.lakePosition?.() } });
  setInterval(beat, BEAT_MS);
  void beat();
  leaveRoomForTheApi(role);
  const steps: Step[] = [];
  let failure: unknown;
  try {
    const { environment, databaseUrl } = await Promise.race([told, shutdown.requested]);
    const config = { ...readConfig(environment), databaseUrl };
    const logger = createLogger({ level: config.logLevel, fd: 1, role });
    failOnUncaught(shutdown, logger);
    const applicationName = `tidemark ${role}`;
    const runtime = await openRuntime(config, { applicationName, logger, signal: shutdown.signal });
    steps.push(() => runtime.close());
    running = await startBackgroundRole(runtime, role);
    const { stop } = running;
    steps.unshift(() => stop());
    await shutdown.requested;
  } catch (error) {
    failure = error;
  }
  if (!(failure instanceof StopRequested)) {
    process.exitCode = 1;
    await tell({ kind: 'failed', reason: (failure as Error).message });
  }
  await stopInOrder(steps, () => {}, STOP_WITHIN_MS);
  await endProcess();
}

/**
 * The parent says when to end. A signal of the terminal, or of what runs the services, reaches all processes
 * at once, and would end this one before requests that wait for it are answered. When the parent is gone, so
 * is this process: nobody may write into a data folder that another `start` has by then.
 */
function listenToParent(): { shutdown: Shutdown; told: Promise<Work> } {
  const endNow = () => process.kill(process.pid, 'SIGKILL');
  process.on('disconnect', endNow);
  onNoReader(endNow);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});
  const asked = new AbortController();
  const told = new Promise<Work>((resolve) => {
    process.on('message', (message: ToWorker) => {
      if (message.kind === 'work') resolve(message);
      else asked.abort(new StopRequested('parent'));
    });
  });
  if (!process.connected) endNow();
  return { shutdown: shutdownBy(asked), told };
}

/** Resolves when it is sent, or cannot be. */
function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

function usage(): { cpuSeconds: number; residentBytes: number } {
  const { user, system } = process.cpuUsage();
  return { cpuSeconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss() };
}

/** Whoever asks the API waits for it, and for the projector; nobody waits for the exporter. */
function leaveRoomForTheApi(role: BackgroundRole): void {
  try {
    if (role === 'exporter') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
    if (process.platform === 'linux') writeFileSync('/proc/self/oom_score_adj', OOM_SCORE_ADJ);
  } catch {
    // It works without, too.
  }
}

// As of all that Tidemark writes, nobody else may read these files.
process.umask(0o077);
void main(process.argv[2] as BackgroundRole);
