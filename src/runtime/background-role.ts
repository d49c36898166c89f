import type { Position } from '../event-store/position';
import type { BackgroundRole } from './config';
import type { Runtime } from './runtime';

/** A role beside the API, at work in this process. */
export interface RunningRole {
  /** of the exporter: how far the lake has the log, undefined while another process has the lake */
  lakePosition?(): Position | undefined;
  stop(): Promise<void>;
}

/** Starts a role beside the API in this process. Loads the code of that role alone. */
export async function startBackgroundRole(runtime: Runtime, role: BackgroundRole): Promise<RunningRole> {
  switch (role) {
    case 'bridge':
      return startBridge(runtime);
    case 'projector':
      return startProjection(runtime);
    case 'exporter':
      return startExporter(runtime);
  }
}

async function startBridge({ config, pool, listener, store, logger }: Runtime): Promise<RunningRole> {
  if (!config.kafka) return { stop: async () => {} };
  const { startBridge } = await import('../bridge/bridge.js');
  const { topics, ...kafka } = config.kafka;
  return startBridge({ kafka, topics, pool, listener, store, logger });
}

/** Starts the projectors, and where there is Kafka what publishes the read models' changes there. */
async function startProjection(runtime: Runtime): Promise<RunningRole> {
  const { databaseUrl, pool, listener, store, logger } = runtime;
  const { kafka } = runtime.config;
  const { startProjectors } = await import('../projections/live/start-projectors.js');
  const projectors = startProjectors({ databaseUrl, pool, store, kafka, logger });
  if (!kafka) return projectors;
  const { startAggregatePublisher } = await import('../read-model-changes/change-publisher.js');
  const aggregates = startAggregatePublisher({ databaseUrl, listener, store, kafka, logger });
  return {
    async stop() {
      await aggregates.stop();
      await projectors.stop();
    },
  };
}

async function startExporter({ databaseUrl, store, config, logger }: Runtime): Promise<RunningRole> {
  const { startExporter } = await import('./exporter-role.js');
  const { lake, dataDir } = config;
  const exporter = startExporter({ databaseUrl, store, lake, dataDir, logger });
  return { lakePosition: () => exporter.position(), stop: () => exporter.stop() };
}
