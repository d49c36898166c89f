import 'reflect-metadata';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { chargeLists } from './cost/charge-lists';
import { AnomaliesResolver } from './resolvers/anomalies.resolver';
import { CategoryRevenueResolver } from './resolvers/category-revenue.resolver';
import { CreditNoteMutationsResolver } from './resolvers/credit-note-mutations.resolver';
import { CustomerMutationsResolver } from './resolvers/customer-mutations.resolver';
import { CustomersResolver } from './resolvers/customers.resolver';
import { OrderMutationsResolver } from './resolvers/order-mutations.resolver';
import { OrdersResolver } from './resolvers/orders.resolver';
import { PingResolver } from './resolvers/ping.resolver';
import { ProductMutationsResolver } from './resolvers/product-mutations.resolver';
import { ProductsResolver } from './resolvers/products.resolver';
import { ProjectionsResolver } from './resolvers/projections.resolver';
import { RfmResolver } from './resolvers/rfm.resolver';
import { SubscriptionsResolver } from './resolvers/subscriptions.resolver';

/** type-graphql requires one, but every subscription here has a stream of its own. */
const noPubSub: PubSub = {
  publish() {
    throw new Error('Nothing is published: subscriptions follow the read models');
  },
  subscribe() {
    throw new Error('A subscription declares its own `subscribe`');
  },
};

/** The GraphQL schema. Resolvers get what they need with the context of an operation. */
export function buildSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      OrdersResolver,
      CustomersResolver,
      ProductsResolver,
      CategoryRevenueResolver,
      AnomaliesResolver,
      RfmResolver,
      ProjectionsResolver,
      OrderMutationsResolver,
      CreditNoteMutationsResolver,
      CustomerMutationsResolver,
      ProductMutationsResolver,
      PingResolver,
      SubscriptionsResolver,
    ],
    pubSub: noPubSub,
    // Commands check their input themselves, and answer with a failure that does not repeat the input.
    validate: false,
  });
  chargeLists(schema);
  return schema;
}

/** The schema as `schema.graphql` holds it. */
export function schemaText(schema: GraphQLSchema): string {
  const note = '# Made from the code by `npm run schema`. Do not edit.';
  return `${note}\n\n${printSchema(lexicographicSortSchema(schema))}\n`;
}
