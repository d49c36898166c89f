import { setMaxListeners } from 'node:events';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { CommandContext } from '../commands';
import type { EventStore } from '../event-store/event-store';
import type { Services } from '../graphql/context';
import { HeavyOperations } from '../graphql/cost/heavy-operations';
import { LIMITS } from '../graphql/limits';
import { Metrics, type MetricsOptions } from '../graphql/metrics';
import { buildSchema } from '../graphql/schema';
import { LiveMetricsHub } from '../graphql/subscriptions/live-metrics-hub';
import { OrderHub } from '../graphql/subscriptions/order-hub';
import type { Listener } from '../postgres/listener';
import type { ProjectionProgress } from '../projections/progress/progress';
import { hostCheck } from './allowed-hosts';
import { createApollo } from './apollo';
import { OperationGuard } from './guard';
import { HeldBytes } from './held-bytes';
import { holdHttp } from './hold-http';
import { createHttp } from './http';
import { serveWebSocket } from './websocket';

export interface HttpServerOptions extends MetricsOptions {
  host: string;
  /** 0: any free one */
  port: number;
  /** names that the server is called by, besides loopback names and `host` */
  allowedHosts: readonly string[];
  pool: Pool;
  listener: Listener;
  store: EventStore;
  commands: CommandContext;
  /** started */
  progress: ProjectionProgress;
  logger: Logger;
  /** what the process needs -> 'ok', or what is wrong with it: the answer of /readyz */
  ready: () => Promise<Record<string, string>>;
}

export interface HttpServer {
  /** where it listens, e.g. http://127.0.0.1:4000 */
  url: string;
  /**
   * Answers the requests under way and refuses others, all with `connection: close`, until no client is about
   * to send one; closes WebSockets with 1001. /readyz says 503 from the start.
   */
  stop(): Promise<void>;
}

/**
 * Serves the API: /graphql over HTTP and WebSocket, /livez, /readyz, /metrics, and a page at /.
 * @throws the system's error when it cannot listen, such as EADDRINUSE
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port, allowedHosts, logger, ready, workers } = options;
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const services: Services = {
    ...options,
    metrics: new Metrics(options),
    orderHub: new OrderHub(options),
    liveMetricsHub: new LiveMetricsHub(options),
    heavy: new HeavyOperations(),
    stopping: stopping.signal,
  };
  const schema = buildSchema();
  const guard = new OperationGuard(schema);
  const apollo = createApollo(schema, guard, logger);
  await apollo.start();
  const { app: http, drain } = createHttp({
    apollo,
    guard,
    services,
    ready,
    workers,
    refusalOf: hostCheck([host, ...allowedHosts]),
  });
  const held = new HeldBytes(LIMITS.heldBytes);
  holdHttp(http, held);
  const webSocket = serveWebSocket(http.server, { schema, guard, services, held });
  const url = await http.listen({ host: addressOf(host), port });
  return {
    url,
    async stop() {
      stopping.abort();
      await Promise.all([webSocket.stop(), drain.end(() => http.close())]);
      await apollo.stop();
    },
  };
}

/** For `localhost` Fastify would silently open a second server, on its other address. */
const addressOf = (host: string): string => (host === 'localhost' ? '127.0.0.1' : host);
