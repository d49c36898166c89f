// `npm run stack`: the full size on one machine, without Docker.
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { type Config, readConfig } from '../src/runtime/config';
import { loadEnvFile } from '../src/runtime/env-file';
import { ConfigError } from '../src/runtime/errors';
import { listenForShutdown, StopRequested, stopInOrder } from '../src/runtime/shutdown';
import { KAFKA_VERSION, kafkaJars } from './kafka/jars';
import { lineFormatter } from './role-log';
import { Stack, type StackAddresses } from './stack';

const STOP_LIMIT_MS = 60_000;
const DATA_DIR = '.tidemark-stack';
/** Our own broker has neither TLS nor passwords, so settings for another broker must not reach the roles. */
const SECURITY = ['SSL', 'SSL_CA_PATH', 'SASL_MECHANISM', 'SASL_USERNAME', 'SASL_PASSWORD'];

interface Options {
  dataDir: string;
  port?: string;
  kafkaPort: string;
}

const command = new Command('npm run stack --')
  .description(
    'Runs the full size of Tidemark on this machine: Kafka, Postgres, and bridge, projector, api and ' +
      'exporter as processes of their own. DATABASE_URL, KAFKA_BROKERS and EVENT_STORE_URL are used where ' +
      'they are given (environment or .env). ' +
      'Kafka needs Java 17; its jars are fetched once, with Maven. Ctrl-C stops everything; the data stays.',
  )
  .option('--data-dir <folder>', 'where Postgres and Kafka keep their data', DATA_DIR)
  .option('-p, --port <number>', 'port of the API (PORT)')
  .option('--kafka-port <number>', 'port of Kafka; 0 takes any free one', '9092')
  .exitOverride()
  .action(run);

async function run({ dataDir, port, kafkaPort }: Options): Promise<void> {
  const ownPort = parsePort(kafkaPort);
  const env = environmentOf(loadEnvFile(), dataDir, port);
  const config = readConfig(env);
  const say = (message: string) => process.stdout.write(`stack     | ${message}\n`);
  const jars = config.kafka
    ? undefined
    : kafkaJars(() => say(`Fetching Kafka ${KAFKA_VERSION} from Maven Central, once ...`));
  const format = lineFormatter(config.logLevel, process.stdout.isTTY === true);
  const shutdown = listenForShutdown();
  const stack = new Stack({
    config,
    env,
    jars,
    kafkaPort: ownPort,
    say,
    onLine: (role, line) => process.stdout.write(format(role, line) ?? ''),
    onLost: shutdown.fail,
  });
  let failure: unknown;
  try {
    const addresses = await Promise.race([stack.start(), shutdown.requested]);
    announce(addresses, config, dataDir);
    await shutdown.requested;
  } catch (error) {
    failure = error;
  }
  if (failure instanceof StopRequested) say(`${failure.message}: stopping`);
  else say(`${(failure as Error).message}: stopping the rest`);
  const inTime = await stopInOrder([() => stack.stop()], (error) => say(String(error)), STOP_LIMIT_MS);
  say(inTime ? 'Stopped' : 'Not everything ended in time; what was committed is safe');
  process.exit(failure instanceof StopRequested ? 0 : 1);
}

/** The environment of the roles, without the addresses of servers that are not started yet. */
function environmentOf(env: NodeJS.ProcessEnv, dataDir: string, port: string | undefined): NodeJS.ProcessEnv {
  const own = { ...env, TIDEMARK_DATA_DIR: resolve(dataDir), TIDEMARK_ROLES: '', PORT: port ?? env.PORT };
  if (env.KAFKA_BROKERS?.trim()) return own;
  return { ...own, ...Object.fromEntries(SECURITY.map((name) => [`KAFKA_${name}`, ''])) };
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new ConfigError([`--kafka-port ${text} is not allowed: give a whole number from 0 to 65535`]);
  return Number(text);
}

function announce({ url, brokers, database }: StackAddresses, config: Config, dataDir: string): void {
  const settings = [
    config.databaseUrl === undefined && `TIDEMARK_DATA_DIR=${dataDir}`,
    `KAFKA_BROKERS=${brokers}`,
  ].filter(Boolean);
  const events = config.eventStoreUrl ? 'EventStoreDB of EVENT_STORE_URL' : 'in Postgres';
  process.stdout.write(
    `\n  GraphQL and subscriptions:  ${url}/graphql      (Ctrl-C stops everything)\n` +
      `  Kafka:                      ${brokers}\n` +
      `  Postgres:                   ${database}\n` +
      `  Events:                     ${events}\n` +
      `  Other commands:             ${settings.join(' ')} npx tidemark bridge status\n\n`,
  );
}

// The files of brokers and roles hold orders and customers, so no other user of the machine may read them.
process.umask(0o077);
command.parseAsync().catch((error: Error) => {
  // Commander has printed its message already.
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  process.stderr.write(`${error.message}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
});
