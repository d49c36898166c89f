import type { FastifyInstance } from 'fastify';
import type { Services } from '../graphql/context';
import type { WorkerStatus } from '../graphql/worker-metrics';

/** What the process needs, by name: 'ok', or what is wrong with it. */
export type Ready = () => Promise<Record<string, string>>;

interface ProbesOptions {
  ready: Ready;
  workers?: () => readonly WorkerStatus[];
}

/** GET /livez, /readyz and /metrics, for whoever runs the process. Every request of the server is counted. */
export function addProbes(
  app: FastifyInstance,
  services: Services,
  { ready, workers = () => [] }: ProbesOptions,
): void {
  const { metrics, pool, store, stopping } = services;
  app.addHook('onResponse', async (request, reply) => {
    const path = request.routeOptions.url ?? 'other';
    metrics.requests.observe({ path, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  app.get('/livez', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_, reply) => {
    if (stopping.aborted) return reply.code(503).send({ status: 'stopping', checks: {} });
    const checks = await ready();
    const isReady = Object.values(checks).every((state) => state === 'ok');
    // Workers are told of and do not decide: without one the API still takes commands and answers queries.
    const beside = workers().map(({ role, cpuSeconds, residentBytes, ...told }) => [role, told] as const);
    return reply.code(isReady ? 200 : 503).send({
      status: isReady ? 'ok' : 'not ready',
      checks,
      ...(beside.length > 0 && { workers: Object.fromEntries(beside) }),
    });
  });
  app.get('/metrics', async (_, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.text(pool, store)),
  );
}
