import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import type { Logger } from 'pino';
import { SettingsConflictError } from '../commands';
import { StoreUnavailableError } from '../event-store/errors';
import { ErrorCode, RETRY_AFTER_MS } from '../graphql/errors';
import { isDatabaseAway, isOfOtherShape, isPoolBusy } from '../postgres/pool';

/** Whether an error was made for the client: by GraphQL itself, or here on purpose. */
function isMeantForClients(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError) || error.extensions.code === ErrorCode.INTERNAL_SERVER_ERROR)
    return false;
  return error.originalError == null || isMeantForClients(error.originalError);
}

/** GraphQL gives no code to the errors that it finds while it runs. */
function codeOf(error: GraphQLError): unknown {
  const ofVariable = error.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION;
  return (
    error.extensions.code ?? (ofVariable ? ErrorCode.BAD_USER_INPUT : ErrorCode.GRAPHQL_VALIDATION_FAILED)
  );
}

/**
 * GraphQL repeats the value that it refuses, which may be a whole input, and says at the end what is wrong.
 */
function shortened(message: string): string {
  if (message.length <= LONGEST_MESSAGE) return message;
  const half = LONGEST_MESSAGE / 2;
  return `${message.slice(0, half)} ... ${message.slice(-half)}`;
}

const LONGEST_MESSAGE = 400;

/**
 * What a client is told of an error. The client gets only an id of an unforeseen error, which is logged
 * whole: messages of databases and programs may hold data, statements and paths.
 */
export function maskError(error: unknown, correlationId: string, logger: Logger): GraphQLFormattedError {
  if (isMeantForClients(error)) {
    const { http: _, stacktrace: __, ...extensions } = error.extensions;
    return {
      ...error.toJSON(),
      message: shortened(error.message),
      extensions: { ...extensions, code: codeOf(error) },
    };
  }
  const { originalError, locations, path } = error instanceof GraphQLError ? error : new GraphQLError('');
  const cause = originalError ?? error;
  const at = { ...(locations && { locations }), ...(path && { path }) };
  if (isPoolBusy(cause)) {
    logger.warn({ correlationId, path }, 'operation refused: no database connection came free in time');
    return {
      message: 'The service is busy. Try again in a moment.',
      ...at,
      extensions: { code: ErrorCode.OVERLOADED },
    };
  }
  if (cause instanceof StoreUnavailableError || isDatabaseAway(cause)) {
    logOutage('the database does not answer: operations are refused until it does', cause, logger);
    return {
      message: 'The database does not answer. Try again in a moment.',
      ...at,
      extensions: { code: ErrorCode.STORE_UNAVAILABLE, retryAfterMs: RETRY_AFTER_MS },
    };
  }
  if (isOfOtherShape(cause)) {
    logOutage(
      'a read model is of another version: its queries are refused until it is rebuilt',
      cause,
      logger,
    );
    return {
      message: 'This read model is being rebuilt for a new version. Try again in a moment.',
      ...at,
      extensions: { code: ErrorCode.PROJECTION_LAGGING, retryAfterMs: RETRY_AFTER_MS },
    };
  }
  logger.error({ err: cause, correlationId, path }, 'operation failed');
  // Another server began the store with other settings after this one had started. The client is told, so
  // that the operator hears why.
  if (cause instanceof SettingsConflictError)
    return { message: cause.message, ...at, extensions: { code: ErrorCode.SETTINGS_CONFLICT } };
  return {
    message: 'Internal server error',
    ...at,
    extensions: { code: ErrorCode.INTERNAL_SERVER_ERROR, correlationId },
  };
}

/** Failures within this time of each other are one outage. */
const SAME_OUTAGE_MS = 10_000;
/** of each logger, when an outage was last met, by its message */
const lastMet = new WeakMap<Logger, Map<string, number>>();

/** Logs an outage once: thousands of operations a second meet it. */
function logOutage(message: string, error: unknown, logger: Logger): void {
  const now = performance.now();
  const met = lastMet.get(logger) ?? new Map<string, number>();
  const isNew = now - (met.get(message) ?? Number.NEGATIVE_INFINITY) > SAME_OUTAGE_MS;
  lastMet.set(logger, met.set(message, now));
  if (isNew) logger.error({ err: error }, message);
}
