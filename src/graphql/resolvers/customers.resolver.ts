import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql';
import { OperationContext } from '../context';
import { ConsistencyInput } from '../inputs/consistency.input';
import { isPlacedKey, pageOf } from '../queries/cursor';
import { readCustomerPage } from '../queries/customers.query';
import { Customer, CustomerConnection, RfmScores } from '../types/customer.type';
import { Tier } from '../types/enums';
import { OrderConnection } from '../types/order.type';
import { SEGMENT_NAMES } from '../types/segment';
import { checkId, checkSegment } from './arguments';
import { awaitConsistency } from './consistency';
import { PageArgs } from './page.args';
import { orderPartsOf } from './selection';

@Resolver(() => Customer)
export class CustomersResolver {
  @Query(() => Customer, {
    nullable: true,
    description: 'A customer who registered or was named by an order or credit note; null otherwise.',
  })
  async customer(
    @Arg('id', () => ID) id: string,
    @Arg('consistency', () => ConsistencyInput, { nullable: true }) consistency: ConsistencyInput | null,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Customer | null> {
    checkId('id', id);
    await awaitConsistency(context, info, consistency, 'customers');
    return (await context.loadersOf(info).customers.load(id)) ?? null;
  }

  @Query(() => CustomerConnection, {
    description: 'Customers by id. With a segment or a tier, those with a valid order who are in it now.',
  })
  async customers(
    @Arg('segment', () => String, { nullable: true, description: SEGMENT_NAMES }) segment: string | null,
    @Arg('tier', () => Tier, { nullable: true }) tier: Tier | null,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('consistency', () => ConsistencyInput, { nullable: true }) consistency: ConsistencyInput | null,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<CustomerConnection> {
    const page = pageOf(args, isId);
    const scores = { segment: checkSegment(segment), tier };
    const scored = segment == null && tier == null ? [] : ['rfm'];
    await awaitConsistency(context, info, consistency, 'customers', ...scored);
    return readCustomerPage(context.services.pool, scores, page);
  }

  @FieldResolver(() => OrderConnection, { description: 'By placedAt, the last one first.' })
  async orders(
    @Root() customer: Customer,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<OrderConnection> {
    const page = pageOf(args, isPlacedKey);
    const parts = orderPartsOf(info);
    return context.loadersOf(info).ordersOf(page, parts).load(customer.id);
  }

  @FieldResolver(() => RfmScores, { nullable: true, description: 'null without a valid order.' })
  rfm(
    @Root() customer: Customer,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RfmScores | null> {
    return context.loadersOf(info).rfm.load(customer.id);
  }
}

/** Any text can be an id, unless it has a NUL character, which the database cannot hold. */
const isId = (key: string): boolean => !key.includes('\0');
