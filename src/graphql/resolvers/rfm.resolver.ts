import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Query, Resolver } from 'type-graphql';
import { OperationContext } from '../context';
import { ConsistencyInput } from '../inputs/consistency.input';
import { readRfmSummary } from '../queries/rfm.query';
import { RfmSummary } from '../types/rfm-summary.type';
import { awaitConsistency } from './consistency';

@Resolver()
export class RfmResolver {
  @Query(() => RfmSummary, {
    description: 'How many customers each segment and tier has, and what they bought.',
  })
  async rfm(
    @Arg('consistency', () => ConsistencyInput, { nullable: true }) consistency: ConsistencyInput | null,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RfmSummary> {
    await awaitConsistency(context, info, consistency, 'rfm');
    return readRfmSummary(context.services.pool);
  }
}
