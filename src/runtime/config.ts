import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { isTimeZone } from '../domain/calendar';
import { minorDigits } from '../domain/currencies';
import type { LakeOptions } from '../lake/open-lake';
import { isLoopback, plainHost } from '../server/host-names';
import type { Holiday } from '../warehouse/model/date.dimension';
import type { SnowflakeOptions } from '../warehouse/snowflake/options';
import { createConfigReader, type Environment, oneOf } from './config-reader';
import { loadEnvFile } from './env-file';
import { readEventStoreUrl, readStreamPrefix } from './event-store-url';
import { readHolidays } from './holidays-config';
import { type KafkaConfig, readKafkaConfig } from './kafka-config';
import { readLakeConfig } from './lake-config';
import { readSnowflakeConfig } from './snowflake-config';

/** The data folder in the working directory, unless TIDEMARK_DATA_DIR names another. */
export const DEFAULT_DATA_DIR = '.tidemark';

/** What a process can do, in the order in which it is started. */
export const ROLES = ['bridge', 'projector', 'api', 'exporter'] as const;
export type Role = (typeof ROLES)[number];
/** One that does its work beside the API. */
export type BackgroundRole = Exclude<Role, 'api'>;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Config {
  /** address to listen on */
  host: string;
  /** TCP port to listen on; 0 takes any free one */
  port: number;
  /** names that the API is called by, besides loopback names and `host`; without ports */
  allowedHosts: readonly string[];
  /** absolute path of the folder that holds everything that Tidemark stores on this machine */
  dataDir: string;
  roles: readonly Role[];
  /** Of several roles `start` runs each beside the API in a process of its own; false: all in one process. */
  workers: boolean;
  /** Postgres to use; absent: the embedded one in `dataDir` */
  databaseUrl?: string;
  /** EventStoreDB to use, `esdb://...`; holds the password. Absent: events are in the database */
  eventStoreUrl?: string;
  /** prefix of all streams in EventStoreDB, so that several stores can share a server; '' for none */
  streamPrefix: string;
  /** absent: there is no Kafka, and projectors read the event store */
  kafka?: KafkaConfig;
  /** where the exporter writes the log */
  lake: LakeOptions;
  /** absent: the warehouse is a file on this machine */
  snowflake?: SnowflakeOptions;
  /** holidays, which each load of the warehouse writes to dim_date */
  holidays: readonly Holiday[];
  /** ISO 4217; absent: what the store says, or its first order */
  reportingCurrency?: string;
  /** IANA name; absent: what the store says, or UTC */
  timeZone?: string;
  /** `off`: no authentication, and therefore loopback only; `insecure`: none on any address */
  auth: 'off' | 'insecure';
  logLevel: LogLevel;
  nodeEnv: string;
}

/**
 * Reads the configuration from `.env` in the working directory and from the environment, which wins.
 * @param env read instead of both
 * @throws ConfigError that lists every bad variable
 */
export function readConfig(env: Environment = loadEnvFile()): Config {
  const reader = createConfigReader(env);
  const { value, check, report } = reader;
  const host = value('HOST') ?? '127.0.0.1';
  const auth = check('TIDEMARK_AUTH', oneOf(['off', 'insecure'] as const), 'give off or insecure') ?? 'off';
  if (auth === 'off' && !isLoopback(host))
    report(
      `HOST=${host} can be reached by other machines and TIDEMARK_AUTH=off lets everybody in: ` +
        'give a loopback address (127.0.0.1, ::1, localhost), or TIDEMARK_AUTH=insecure if that is what ' +
        'you want',
    );
  const eventStoreUrl = readEventStoreUrl(reader);
  const streamPrefix = readStreamPrefix(reader);
  const kafka = readKafkaConfig(reader);
  const snowflake = readSnowflakeConfig(reader);
  const possible = ROLES.filter((role) => role !== 'bridge' || kafka !== undefined);
  const roles = check(
    'TIDEMARK_ROLES',
    parseRoles,
    `give one or more of ${ROLES.join(', ')}, separated by commas`,
  );
  if (roles?.includes('bridge') && value('KAFKA_BROKERS') === undefined)
    report(`TIDEMARK_ROLES=${value('TIDEMARK_ROLES')} has role bridge, which needs KAFKA_BROKERS`);
  const dataDir = resolve(value('TIDEMARK_DATA_DIR') ?? DEFAULT_DATA_DIR);
  const config: Config = {
    host,
    port: check('PORT', parsePort, 'give a whole number from 0 to 65535') ?? 4000,
    allowedHosts:
      check(
        'TIDEMARK_ALLOWED_HOSTS',
        parseHosts,
        'give host names without http:// and without ports, separated by commas',
      ) ?? [],
    dataDir,
    roles: roles ?? possible,
    workers: check('TIDEMARK_WORKERS', oneOf(['0', '1'] as const), 'give 0 or 1') !== '0',
    databaseUrl: check('DATABASE_URL', parsePostgresUrl, 'give postgres://user:password@host:port/database'),
    eventStoreUrl,
    streamPrefix,
    kafka,
    lake: readLakeConfig(reader, dataDir),
    snowflake,
    holidays: readHolidays(reader),
    reportingCurrency: check('REPORTING_CURRENCY', parseCurrency, 'give an ISO 4217 code such as EUR'),
    timeZone: check('STORE_TIME_ZONE', parseTimeZone, 'give an IANA time zone such as Europe/Berlin or UTC'),
    auth,
    logLevel: check('LOG_LEVEL', oneOf(LOG_LEVELS), `give one of ${LOG_LEVELS.join(', ')}`) ?? 'info',
    nodeEnv: value('NODE_ENV') ?? 'development',
  };
  reader.throwIfBad();
  return config;
}

function parsePort(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

function parseHosts(text: string): string[] | undefined {
  const named = text.split(',').map((host) => host.trim());
  return named.every((host) => /^[\w.-]+$/.test(host) || isIP(plainHost(host)) === 6) ? named : undefined;
}

function parseRoles(text: string): Role[] | undefined {
  const named = text.split(',').map((role) => role.trim());
  return named.every((name) => oneOf(ROLES)(name)) ? ROLES.filter((role) => named.includes(role)) : undefined;
}

function parsePostgresUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && /^postgres(ql)?:$/.test(url.protocol) ? text : undefined;
}

function parseCurrency(text: string): string | undefined {
  return minorDigits(text) === undefined ? undefined : text;
}

function parseTimeZone(text: string): string | undefined {
  return isTimeZone(text) ? text : undefined;
}
