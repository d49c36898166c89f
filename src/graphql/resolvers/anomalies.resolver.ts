import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Float, Info, Query, Resolver, Root } from 'type-graphql';
import { OperationContext } from '../context';
import { ConsistencyInput } from '../inputs/consistency.input';
import { readAnomalies } from '../queries/anomalies.query';
import { isPlacedKey, isPosition, pageOf } from '../queries/cursor';
import { readBaseline } from '../queries/population';
import { Anomaly, AnomalyBaseline, AnomalyConnection } from '../types/anomaly.type';
import { AnomalyBasis } from '../types/enums';
import { Order } from '../types/order.type';
import { checkCurrency, reportingCurrency, thresholdOf } from './arguments';
import { awaitConsistency } from './consistency';
import { orderEdge } from './edges';
import { PageArgs } from './page.args';

@Resolver(() => Anomaly)
export class AnomaliesResolver {
  @Query(() => AnomalyConnection, {
    description:
      'Orders whose total is far from that of the others in their currency, by placedAt, ' +
      'the last one first; on basis AT_ARRIVAL the last one that arrived.',
  })
  async anomalies(
    @Arg('currency', () => String, { nullable: true, description: 'Default: the reporting currency.' })
    currency: string | null,
    @Arg('basis', () => AnomalyBasis, { defaultValue: 'NOW' }) basis: AnomalyBasis,
    @Arg('threshold', () => Float, {
      nullable: true,
      description: 'Default 2, on basis ROBUST 3.5. At least 1 on basis AT_ARRIVAL.',
    })
    threshold: number | null,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('consistency', () => ConsistencyInput, { nullable: true }) consistency: ConsistencyInput | null,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AnomalyConnection> {
    checkCurrency(currency);
    const page = pageOf(args, basis === 'AT_ARRIVAL' ? isPosition : isPlacedKey);
    const beyond = thresholdOf(basis, threshold);
    await awaitConsistency(context, info, consistency, 'anomalies');
    const of = currency ?? (await reportingCurrency(context));
    return readAnomalies(context.services.pool, { currency: of, basis, threshold: beyond }, page);
  }

  @Query(() => AnomalyBaseline, { description: 'What order totals are held against on basis NOW.' })
  async anomalyBaseline(
    @Arg('currency', () => String, { nullable: true, description: 'Default: the reporting currency.' })
    currency: string | null,
    @Arg('threshold', () => Float, { nullable: true, description: 'Default 2.' })
    threshold: number | null,
    @Arg('consistency', () => ConsistencyInput, { nullable: true }) consistency: ConsistencyInput | null,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AnomalyBaseline> {
    checkCurrency(currency);
    await awaitConsistency(context, info, consistency, 'anomalies');
    const of = currency ?? (await reportingCurrency(context));
    return readBaseline(context.services.pool, of, thresholdOf('NOW', threshold));
  }

  @FieldResolver(() => Order)
  order(
    @Root() anomaly: Anomaly,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Pick<Order, 'id'>> {
    return orderEdge(context, info, anomaly.orderId, anomaly.position);
  }
}
