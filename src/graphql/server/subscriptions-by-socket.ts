import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyRequest } from 'fastify';
import {
  type DefinitionNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
  SingleFieldSubscriptionsRule,
  validate,
} from 'graphql';
import { ErrorCode } from '../errors';
import type { OperationGuard } from './guard';
import { Refusal } from './refusal';

/**
 * What `validate` throws instead of telling: the rule for subscriptions has no variables, and fails where `@skip` or `@include`
 * of a root field asks for one.
 */
export function undecidableSubscription(
  schema: GraphQLSchema,
  { definitions }: DocumentNode,
): GraphQLError | undefined {
  const isSubscription = (definition: DefinitionNode): boolean =>
    definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.SUBSCRIPTION;
  if (!definitions.some(isSubscription)) return undefined;
  const looked = definitions.filter(
    (definition) => definition.kind === Kind.FRAGMENT_DEFINITION || isSubscription(definition),
  );
  try {
    validate(schema, { kind: Kind.DOCUMENT, definitions: looked }, [SingleFieldSubscriptionsRule]);
    return undefined;
  } catch {
    return new GraphQLError(
      '@skip and @include on the root field of a subscription may not depend on a variable',
      {
        extensions: { code: ErrorCode.GRAPHQL_VALIDATION_FAILED },
      },
    );
  }
}

/** For requests over HTTP: Apollo calls `validate` itself, and what that throws would be an internal error. */
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
