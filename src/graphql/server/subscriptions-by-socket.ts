import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyRequest } from 'fastify';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { ErrorCode } from '../errors';
import type { OperationGuard } from './guard';
import { Refusal } from './refusal';

/**
 * `@skip` and `@include` stand nowhere at the root of a subscription (GraphQL, September 2025, section 5.2.4.1). GraphQL.js does
 * not know that rule: `validate` throws where a condition asks for a variable, and `subscribe` where no field is left.
 */
export function conditionalSubscription({ definitions }: DocumentNode): GraphQLError | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of definitions)
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const looked = new Set<string>();
  const isConditional = ({ selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (selection.directives?.some(({ name }) => CONDITIONS.includes(name.value))) return true;
      if (selection.kind === Kind.INLINE_FRAGMENT) return isConditional(selection.selectionSet);
      if (selection.kind === Kind.FIELD || looked.has(selection.name.value)) return false;
      looked.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      return fragment !== undefined && isConditional(fragment.selectionSet);
    });
  const subscriptions = definitions.filter(
    (one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.SUBSCRIPTION,
  ) as OperationDefinitionNode[];
  if (!subscriptions.some(({ selectionSet }) => isConditional(selectionSet))) return undefined;
  return new GraphQLError('@skip and @include may not stand on the root field of a subscription', {
    extensions: { code: ErrorCode.GRAPHQL_VALIDATION_FAILED },
  });
}

const CONDITIONS = ['skip', 'include'];

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
