import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Int, Query, Resolver } from 'type-graphql';
import { OperationContext } from '../context';
import { ConsistencyInput } from '../inputs/consistency.input';
import { LIMITS } from '../limits';
import { readCategoryRevenue } from '../queries/category-revenue.query';
import { checkFirst } from '../queries/cursor';
import { DateScalar } from '../scalars/date.scalar';
import { CategoryRevenue } from '../types/category-revenue.type';
import { Clock } from '../types/enums';
import { checkCurrency, checkPeriod, reportingCurrency } from './arguments';
import { awaitConsistency } from './consistency';

@Resolver()
export class CategoryRevenueResolver {
  @Query(() => CategoryRevenue, {
    description:
      'Sales by category. In the reporting currency: its own and what was converted into it. In another: ' +
      'its own.',
  })
  async categoryRevenue(
    @Arg('currency', () => String, { nullable: true, description: 'Default: the reporting currency.' })
    currency: string | null,
    @Arg('from', () => DateScalar, { nullable: true, description: 'First day.' }) from: string | null,
    @Arg('to', () => DateScalar, { nullable: true, description: 'Last day.' }) to: string | null,
    @Arg('clock', () => Clock, { defaultValue: 'PROCESSED' }) clock: Clock,
    @Arg('first', () => Int, {
      nullable: true,
      description:
        `At most so many categories, from 1 to ${LIMITS.pageSize.max}. Default: all, ` +
        'where those are no more.',
    })
    first: number | null,
    @Arg('after', () => String, {
      nullable: true,
      description: 'Category of the last row of the page before.',
    })
    after: string | null,
    @Arg('consistency', () => ConsistencyInput, { nullable: true }) consistency: ConsistencyInput | null,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<CategoryRevenue> {
    checkCurrency(currency);
    checkPeriod(from, to);
    if (first != null) checkFirst(first);
    await awaitConsistency(context, info, consistency, 'category-revenue');
    const reporting = await reportingCurrency(context);
    const of = currency ?? reporting;
    const conditions = {
      currency: of,
      isReporting: of === reporting,
      clock,
      from: from ?? null,
      to: to ?? null,
      first: first ?? null,
      after: after ?? null,
    };
    return readCategoryRevenue(context.services.pool, conditions);
  }
}
