import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import type { Logger } from 'pino';
import { SettingsConflictError } from '../commands';
import { StoreUnavailableError } from '../event-store/errors';
import { ErrorCode, RETRY_AFTER_MS } from '../graphql/errors';
import { isDatabaseAway, isOfOtherShape, isPoolBusy } from '../postgres/pool';

/** Was the error made for the client, by GraphQL itself or on purpose here? */
function isMeantForClients(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError) || error.extensions.code === ErrorCode.INTERNAL_SERVER_ERROR)
    return false;
  return error.originalError == null || isMeantForClients(error.originalError);
}

/**
 * GraphQL gives no code to what it finds while it runs: a variable of the wrong type is the client's, the
 * rest is ours.
 */
function codeOf(error: GraphQLError): unknown {
  const ofVariable = error.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION;
  return (
    error.extensions.code ?? (ofVariable ? ErrorCode.BAD_USER_INPUT : ErrorCode.GRAPHQL_VALIDATION_FAILED)
  );
}

/**
 * GraphQL repeats a value that it refuses, which may be a whole input: what is wrong with it stands at the
 * end.
 */
function shortened(message: string): string {
  if (message.length <= LONGEST_MESSAGE) return message;
  const half = LONGEST_MESSAGE / 2;
  return `${message.slice(0, half)} ... ${message.slice(-half)}`;
}

const LONGEST_MESSAGE = 400;

/**
 * What a client is told of an error. Anything unforeseen is logged whole, and the client gets an id to ask
 * about it by: messages of databases and programs may hold data, statements and paths.
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
  // Somebody else set the store up after this server had started: no client can help it, and its operator has
  // to know why.
  if (cause instanceof SettingsConflictError)
    return { message: cause.message, ...at, extensions: { code: ErrorCode.SETTINGS_CONFLICT } };
  return {
    message: 'Internal server error',
    ...at,
    extensions: { code: ErrorCode.INTERNAL_SERVER_ERROR, correlationId },
  };
}

/** What went wrong again within this time is the same outage. */
const SAME_OUTAGE_MS = 10_000;
/** when an operation of a server last met each */
const lastMet = new WeakMap<Logger, Map<string, number>>();

/** One line for an outage: each of thousands of operations a second meets it. */
function logOutage(message: string, error: unknown, logger: Logger): void {
  const now = performance.now();
  const met = lastMet.get(logger) ?? new Map<string, number>();
  const isNew = now - (met.get(message) ?? Number.NEGATIVE_INFINITY) > SAME_OUTAGE_MS;
  lastMet.set(logger, met.set(message, now));
  if (isNew) logger.error({ err: error }, message);
}
