import { randomUUID } from 'node:crypto';
import {
  ApolloServer,
  type ApolloServerPlugin,
  type GraphQLRequestContextDidResolveOperation,
} from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { OperationContext } from '../graphql/context';
import { beforeWriting } from './answer';
import { maskError } from './error-mask';
import type { OperationGuard } from './guard';
import { subscriptionsBySocketOnly } from './subscriptions-by-socket';

/** Queries and mutations over HTTP. Nothing in it loads from, or reports to, the internet. */
export function createApollo(
  schema: GraphQLSchema,
  guard: OperationGuard,
  logger: Logger,
): ApolloServer<OperationContext> {
  const failedIn = new WeakMap<object, string>();
  return new ApolloServer<OperationContext>({
    schema,
    parseOptions: guard.parseOptions,
    validationRules: guard.rules,
    introspection: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    documentStore: guard.documents,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    async stringifyResult(answer) {
      const refusal = await beforeWriting(answer);
      return JSON.stringify(refusal ? { errors: [refusal] } : answer);
    },
    formatError: (_, error) => maskError(error, correlationOf(failedIn, error), logger),
    logger,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      subscriptionsBySocketOnly,
      operationRules(guard, failedIn),
    ],
  });
}

/** Applies the guard's rules for variables and cost, and notes which operation an error came from. */
function operationRules(
  guard: OperationGuard,
  failedIn: WeakMap<object, string>,
): ApolloServerPlugin<OperationContext> {
  const listener = {
    async didResolveOperation({
      request,
      document,
      contextValue,
    }: GraphQLRequestContextDidResolveOperation<OperationContext>) {
      const { operationName, variables } = request;
      contextValue.admitted(guard.admitOperation(document, operationName, variables));
      contextValue.leave = await contextValue.services.heavy.enter(contextValue.cost);
    },
    async willSendResponse({ contextValue }: { contextValue: OperationContext }) {
      contextValue.leave();
    },
    async didEncounterErrors(operation: { errors: readonly object[]; contextValue: OperationContext }) {
      for (const error of operation.errors) failedIn.set(error, operation.contextValue.correlationId);
    },
  };
  return { requestDidStart: async () => listener };
}

function correlationOf(failedIn: WeakMap<object, string>, error: unknown): string {
  const known = typeof error === 'object' && error !== null ? failedIn.get(error) : undefined;
  return known ?? randomUUID();
}
