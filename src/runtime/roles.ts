import { createCommandContext } from '../commands/command-context';
import type { Position } from '../event-store/position';
import type { WorkerStatus } from '../graphql/worker-metrics';
import { ProjectionProgress } from '../projections/progress/progress';
import { startHttpServer } from '../server/start-http-server';
import { observeAppends } from './append-health';
import { startBackgroundRole } from './background-role';
import type { BackgroundRole } from './config';
import type { Environment } from './config-reader';
import { StartupError } from './errors';
import { checkReadModelOrigin } from './read-model-origin';
import { readiness } from './readiness';
import type { Runtime } from './runtime';
import type { Step } from './shutdown';

export interface RunningRoles {
  /** where the API listens; undefined without role `api` */
  url?: string;
  /**
   * Stops taking requests, lets those under way finish, then stops the other roles. The runtime stays open.
   */
  stop(): Promise<void>;
}

/** What the API tells of the roles beside it. */
interface Beside {
  /** of those in processes of their own */
  workers(): readonly WorkerStatus[];
  /** absent without role exporter */
  lakePosition?(): Position | undefined;
}

/**
 * Starts the roles of the configuration, all or none.
 * @param environment what the configuration was read from: with several roles, each beside the API gets a
 *   process of its own, which reads it again. Absent: all run in this process
 * @throws StartupError when the read models belong to another event store, or the address cannot be listened
 *   on
 */
export async function startRoles(runtime: Runtime, environment?: Environment): Promise<RunningRoles> {
  const { roles, workers } = runtime.config;
  await checkReadModelOrigin(runtime);
  const stops: Step[] = [];
  const stop = async () => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  const isApart = environment !== undefined && workers && roles.length > 1;
  const background = roles.filter((role) => role !== 'api');
  try {
    const beside = isApart
      ? await startApart(runtime, environment, background, stops)
      : await startHere(runtime, background, stops);
    if (!roles.includes('api')) return { stop };
    return { url: await startApi(runtime, stops, beside), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startApart(
  runtime: Runtime,
  environment: Environment,
  roles: readonly BackgroundRole[],
  stops: Step[],
): Promise<Beside> {
  const { startWorkers } = await import('./workers/workers.js');
  const workers = startWorkers(runtime, environment, roles);
  stops.push(() => workers.stop());
  return {
    workers: () => workers.statuses(),
    ...(roles.includes('exporter') && { lakePosition: () => workers.lakePosition() }),
  };
}

async function startHere(runtime: Runtime, roles: readonly BackgroundRole[], stops: Step[]): Promise<Beside> {
  const beside: Beside = { workers: () => [] };
  for (const role of roles) {
    const { lakePosition, stop } = await startBackgroundRole(runtime, role);
    stops.push(stop);
    beside.lakePosition ??= lakePosition;
  }
  return beside;
}

async function startApi(runtime: Runtime, stops: Step[], { workers, lakePosition }: Beside): Promise<string> {
  const { config, pool, listener, store, logger } = runtime;
  const progress = new ProjectionProgress({ pool, listener });
  await progress.start();
  stops.push(() => progress.stop());
  const { host, port, allowedHosts, reportingCurrency, timeZone } = config;
  const { store: observed, appends } = observeAppends(store);
  const commands = createCommandContext({ store: observed, reportingCurrency, timeZone });
  try {
    const server = await startHttpServer({
      host,
      port,
      allowedHosts,
      pool,
      listener,
      store,
      commands,
      progress,
      logger,
      ready: readiness(runtime, progress, appends),
      workers,
      lakePosition,
    });
    stops.push(() => server.stop());
    return server.url;
  } catch (error) {
    throw explainListenError(error, host, port);
  }
}

function explainListenError(error: unknown, host: string, port: number): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new StartupError(
        `Port ${port} on ${host} is taken by another program. Choose another with --port N or PORT=N (0 ` +
          'takes any free one).',
      );
    case 'EACCES':
      return new StartupError(
        `Port ${port} may not be used by this user. Choose one above 1023 with --port N or PORT=N.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartupError(
        `HOST=${host} is no address of this machine. Choose another, e.g. HOST=127.0.0.1.`,
      );
    default:
      return error;
  }
}
