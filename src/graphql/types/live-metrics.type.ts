import { Field, Float, ObjectType } from 'type-graphql';
import { LIMITS } from '../limits';
import { WholeNumberScalar } from '../scalars/whole-number.scalar';
import { AsOf } from './as-of.type';
import { CategoryRevenueRow, RevenueTotal } from './category-revenue.type';

@ObjectType({
  simpleResolvers: true,
  description: 'How far behind the log the numbers were when they were read.',
})
export class Lag {
  @Field(() => WholeNumberScalar)
  events!: number;

  @Field(() => Float, { description: 'How long the first of them had been waiting.' })
  seconds!: number;
}

@ObjectType({ simpleResolvers: true, description: 'The whole shop up to now, in one currency.' })
export class LiveMetrics extends RevenueTotal {
  @Field(() => String, { nullable: true, description: 'null while the store has no reporting currency.' })
  currency!: string | null;

  @Field(() => [CategoryRevenueRow], {
    description: `By name of the category. Of more than ${LIMITS.pageSize.max} those with the largest gross.`,
  })
  byCategory!: CategoryRevenueRow[];

  @Field(() => WholeNumberScalar, { description: 'Anomalies on basis NOW at threshold 2.' })
  anomalies!: number;

  @Field(() => Lag)
  lag!: Lag;

  @Field(() => AsOf)
  asOf!: AsOf;
}
