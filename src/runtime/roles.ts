import { startBridge } from '../bridge/bridge';
import { createCommandContext } from '../commands/command-context';
import { startProjectors } from '../projections/live/start-projectors';
import { ProjectionProgress } from '../projections/progress/progress';
import { startAggregatePublisher } from '../read-model-changes/change-publisher';
import { startHttpServer } from '../server/start-http-server';
import { observeAppends } from './append-health';
import { StartupError } from './errors';
import { type RunningExporter, startExporter } from './exporter-role';
import { checkReadModelOrigin } from './read-model-origin';
import { readiness } from './readiness';
import type { Runtime } from './runtime';

export interface RunningRoles {
  /** where the API listens; undefined without role `api` */
  url?: string;
  /**
   * Stops taking requests, lets those under way finish, then stops the projector and the bridge. The runtime
   * stays open.
   */
  stop(): Promise<void>;
}

type Stop = () => Promise<void>;

/**
 * Starts the roles of the configuration, all or none.
 * @throws StartupError when the read models belong to another event store, or the address cannot be listened
 *   on
 */
export async function startRoles(runtime: Runtime): Promise<RunningRoles> {
  const { config, pool, listener, store, logger } = runtime;
  await checkReadModelOrigin(runtime);
  const stops: Stop[] = [];
  const stop = async () => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  try {
    if (config.kafka && config.roles.includes('bridge')) {
      const { topics, ...kafka } = config.kafka;
      const bridge = startBridge({ kafka, topics, pool, listener, store, logger });
      stops.push(() => bridge.stop());
    }
    if (config.roles.includes('projector')) startProjection(runtime, stops);
    let exporter: RunningExporter | undefined;
    if (config.roles.includes('exporter')) {
      const { databaseUrl } = runtime;
      const started = startExporter({
        databaseUrl,
        store,
        lake: config.lake,
        dataDir: config.dataDir,
        logger,
      });
      exporter = started;
      stops.push(() => started.stop());
    }
    if (!config.roles.includes('api')) return { stop };
    return { url: await startApi(runtime, stops, exporter), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts the projectors, and where there is Kafka what publishes the read models' changes there. */
function startProjection(runtime: Runtime, stops: Stop[]): void {
  const { databaseUrl, pool, listener, store, logger } = runtime;
  const { kafka } = runtime.config;
  const projectors = startProjectors({ databaseUrl, pool, store, kafka, logger });
  stops.push(() => projectors.stop());
  if (!kafka) return;
  const aggregates = startAggregatePublisher({ databaseUrl, listener, store, kafka, logger });
  stops.push(() => aggregates.stop());
}

async function startApi(
  runtime: Runtime,
  stops: Stop[],
  exporter: RunningExporter | undefined,
): Promise<string> {
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
      lakePosition: exporter?.position,
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
