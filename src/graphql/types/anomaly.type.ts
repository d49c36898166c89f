import { Field, Float, ID, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../scalars/date-time.scalar';
import { DecimalScalar } from '../scalars/decimal.scalar';
import { WholeNumberScalar } from '../scalars/whole-number.scalar';
import { AsOf } from './as-of.type';
import { connectionOf } from './connection.type';
import { AnomalyBasis } from './enums';

@ObjectType({
  simpleResolvers: true,
  description:
    'An order whose total is far from that of the others. Mean and deviation have 4 more decimals than ' +
    'the currency.',
})
export class Anomaly {
  @Field(() => ID)
  orderId!: string;

  @Field(() => AnomalyBasis)
  basis!: AnomalyBasis;

  @Field(() => String)
  currency!: string;

  @Field(() => DecimalScalar, { description: "The order's total." })
  amount!: string;

  @Field(() => Float, {
    description: 'Distance from the mean in standard deviations; on basis ROBUST the robust score.',
  })
  zScore!: number;

  @Field(() => DecimalScalar)
  mean!: string;

  @Field(() => DecimalScalar)
  standardDeviation!: string;

  @Field(() => WholeNumberScalar, { description: 'How many orders it was held against.' })
  population!: number;

  @Field(() => String, { description: 'In one sentence.' })
  reason!: string;

  @Field(() => String, { description: 'Where in the log the order was placed.' })
  position!: string;

  @Field(() => DateTimeScalar)
  placedAt!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A page of anomalies, the last order placed first.' })
export class AnomalyConnection extends connectionOf(Anomaly, 'Anomaly') {
  @Field(() => WholeNumberScalar, { description: 'Over all pages.' })
  totalCount!: number;
}

@ObjectType({ simpleResolvers: true, description: 'What an order total is held against on basis NOW.' })
export class AnomalyBaseline {
  @Field(() => String, { nullable: true })
  currency!: string | null;

  @Field(() => WholeNumberScalar, { description: 'Valid orders.' })
  population!: number;

  @Field(() => DecimalScalar, { nullable: true, description: 'null without an order.' })
  mean!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Of the sample; null below two orders.' })
  standardDeviation!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'mean - threshold x standardDeviation: totals below are anomalies. null below two orders.',
  })
  low!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'mean + threshold x standardDeviation: totals above are anomalies. null below two orders.',
  })
  high!: string | null;

  @Field(() => AsOf)
  asOf!: AsOf;
}
