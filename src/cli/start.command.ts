import { Command } from 'commander';
import type { Runtime } from '../runtime/runtime';
import { reportError } from './errors';

interface StartOptions {
  host?: string;
  port?: string;
  dataDir?: string;
  roles?: string;
}

/** `tidemark start`: runs the roles of the configuration until it is told to stop. */
export function startCommand(): Command {
  return new Command('start')
    .summary('run Tidemark')
    .description('Runs Tidemark until Ctrl-C or SIGTERM. Options win over the environment and .env.')
    .option('--roles <list>', 'what to run, e.g. api,projector (TIDEMARK_ROLES)')
    .option('--host <address>', 'address to listen on (HOST)')
    .option('-p, --port <number>', 'port to listen on (PORT)')
    .option(
      '--data-dir <folder>',
      'where the embedded database, the lake and the warehouse are (TIDEMARK_DATA_DIR)',
    )
    .action(start);
}

async function start({ roles, host, port, dataDir }: StartOptions): Promise<void> {
  const [
    { readConfig },
    { loadEnvFile },
    { createLogger },
    { endProcess, listenForShutdown, stopInOrder, StopRequested },
    { failOnUncaught },
  ] = await Promise.all([
    import('../runtime/config.js'),
    import('../runtime/env-file.js'),
    import('../runtime/logger.js'),
    import('../runtime/shutdown.js'),
    import('../runtime/uncaught.js'),
  ]);
  const environment = {
    ...loadEnvFile(),
    ...(roles !== undefined && { TIDEMARK_ROLES: roles }),
    ...(host !== undefined && { HOST: host }),
    ...(port !== undefined && { PORT: port }),
    ...(dataDir !== undefined && { TIDEMARK_DATA_DIR: dataDir }),
  };
  const config = readConfig(environment);
  const logger = createLogger({ level: config.logLevel, fd: 1 });
  const shutdown = listenForShutdown();
  failOnUncaught(shutdown, logger);
  const { openRuntime } = await import('../runtime/runtime.js');
  const opening = openRuntime(config, {
    applicationName: 'tidemark start',
    exclusive: true,
    logger,
    onLost: shutdown.fail,
    signal: shutdown.signal,
    // Loading the API takes longer than PostgreSQL takes to start, so both are done at once.
    meanwhile: () => void import('../runtime/roles.js').catch(() => {}),
  });
  const steps = [() => opening.then((runtime) => runtime.close())];
  let failure: unknown;
  try {
    const runtime = await Promise.race([opening, shutdown.requested]);
    const { startRoles } = await import('../runtime/roles.js');
    const starting = startRoles(runtime, environment);
    steps.unshift(() => starting.then((running) => running.stop()));
    const { url } = await Promise.race([starting, shutdown.requested]);
    if (url) steps.unshift(await tellWhere(runtime, url));
    announce(runtime, url);
    await shutdown.requested;
  } catch (error) {
    failure = error;
  }
  if (failure instanceof StopRequested) logger.info(`${failure.message}: stopping`);
  const inTime = await stopInOrder(steps, (error) => {
    if (error !== failure) logger.error(error, 'While stopping');
  });
  if (!inTime) logger.warn('Not everything ended in time; what was committed is safe');
  if (!(failure instanceof StopRequested)) process.exitCode = reportError(failure);
  await endProcess();
}

/** Tells other commands where it serves, in a file. @returns what removes the file */
async function tellWhere(
  { config, databaseDescription, logger }: Runtime,
  url: string,
): Promise<() => Promise<void>> {
  const { leaveServerFile } = await import('../runtime/server-file.js');
  try {
    const left = await leaveServerFile(config.dataDir, { url, database: databaseDescription });
    return () => left.remove();
  } catch (error) {
    logger.warn({ err: error }, 'other commands cannot find this server: the data folder cannot be written');
    return async () => {};
  }
}

/** Logs the address. On a terminal, people also get a hint. */
function announce(
  { logger, config, databaseDescription, storeDescription }: Runtime,
  url: string | undefined,
): void {
  const startedInMs = Math.round(performance.now());
  logger.info(
    { url, roles: config.roles, database: databaseDescription, eventStore: storeDescription, startedInMs },
    'Tidemark is running',
  );
  if (!url || !process.stdout.isTTY) return;
  process.stdout.write(
    `\n  GraphQL and subscriptions:  ${url}/graphql      (Ctrl-C stops Tidemark)\n` +
      '  Orders to look at:          npx tidemark simulate\n\n',
  );
}
