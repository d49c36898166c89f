import { GraphQLError } from 'graphql';
import type { Position } from '../event-store/position';

/**
 * Every code of `errors[].extensions.code`. A refused mutation is no error: it is answered with a type of its
 * result union.
 */
export const ErrorCode = {
  /** not JSON, no query, a body of the wrong type */
  BAD_REQUEST: 'BAD_REQUEST',
  GRAPHQL_PARSE_FAILED: 'GRAPHQL_PARSE_FAILED',
  GRAPHQL_VALIDATION_FAILED: 'GRAPHQL_VALIDATION_FAILED',
  OPERATION_RESOLUTION_FAILURE: 'OPERATION_RESOLUTION_FAILURE',
  /** an argument or variable has a value that is not allowed, or the operation is above a limit */
  BAD_USER_INPUT: 'BAD_USER_INPUT',
  PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  HEADERS_TOO_LARGE: 'HEADERS_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  NOT_FOUND: 'NOT_FOUND',
  METHOD_NOT_ALLOWED: 'METHOD_NOT_ALLOWED',
  /** the server does not go by this Host, or does not take requests of pages from this Origin */
  FORBIDDEN: 'FORBIDDEN',
  /** the request did not arrive whole in time */
  REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
  TOO_MANY_OPERATIONS: 'TOO_MANY_OPERATIONS',
  /** the read model did not reach the consistency token in time */
  PROJECTION_LAGGING: 'PROJECTION_LAGGING',
  /** the event store did not answer; the outcome of a mutation is then unknown */
  STORE_UNAVAILABLE: 'STORE_UNAVAILABLE',
  /** the server is configured for another reporting currency or time zone than the store has */
  SETTINGS_CONFLICT: 'SETTINGS_CONFLICT',
  /** the server has too much to do, or no free database connection: the client tries again later */
  OVERLOADED: 'OVERLOADED',
  /** the server is stopping, and did not carry this out */
  SHUTTING_DOWN: 'SHUTTING_DOWN',
  INTERNAL_SERVER_ERROR: 'INTERNAL_SERVER_ERROR',
} as const;

/** How long clients are told to wait before they ask again. */
export const RETRY_AFTER_MS = 1_000;

/** The error for an argument that cannot be answered. */
export function badUserInput(message: string, details?: Record<string, unknown>): GraphQLError {
  return new GraphQLError(message, { extensions: { code: ErrorCode.BAD_USER_INPUT, ...details } });
}

/**
 * @param token as the client gave it
 * @param position how far the projection has read, null when it was never built
 */
export function projectionLagging(
  projection: string,
  token: string,
  position: Position | null,
): GraphQLError {
  return new GraphQLError(
    `Projection ${projection} has not reached ${token} yet: it stands at ${position ?? 'nothing'}`,
    { extensions: { code: ErrorCode.PROJECTION_LAGGING, projection, token, position } },
  );
}
