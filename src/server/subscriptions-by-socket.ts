import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyRequest } from 'fastify';
import { GraphQLError, OperationTypeNode } from 'graphql';
import { ErrorCode } from '../graphql/errors';
import type { OperationGuard } from './guard';
import { Refusal } from './refusal';

/**
 * Refuses a conditional subscription over HTTP before Apollo sees it. GraphQL.js may throw on one while it
 * validates, which Apollo would answer as an internal error. What is admitted here Apollo finds among the
 * guard's documents, and does not parse again.
 */
export function checkSubscriptions(guard: OperationGuard) {
  return async ({ body, query }: FastifyRequest): Promise<void> => {
    const source = ((body ?? query) as { query?: unknown }).query;
    if (typeof source !== 'string' || !source.includes('subscription') || !source.includes('@')) return;
    const error = guard.admit(source).errors?.[0];
    if (error) throw new Refusal(400, String(error.extensions.code), error.message);
  };
}

/** One clear error for a subscription over HTTP. */
export const subscriptionsBySocketOnly: ApolloServerPlugin = {
  requestDidStart: async () => ({
    async didResolveOperation({ operation }) {
      if (operation?.operation === OperationTypeNode.SUBSCRIPTION) throw bySocketOnly();
    },
  }),
};

const bySocketOnly = (): GraphQLError =>
  new GraphQLError(
    'A subscription runs over WebSocket: open /graphql as one, with the protocol graphql-transport-ws',
    { extensions: { code: ErrorCode.BAD_REQUEST, http: { status: 400 } } },
  );
