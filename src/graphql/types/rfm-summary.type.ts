import { Field, ObjectType } from 'type-graphql';
import type { Segment } from '../../domain/rfm';
import { DecimalScalar } from '../scalars/decimal.scalar';
import { WholeNumberScalar } from '../scalars/whole-number.scalar';
import { AsOf } from './as-of.type';
import { Tier } from './enums';
import { SEGMENT_NAMES } from './segment';

@ObjectType({ simpleResolvers: true })
export class SegmentSummary {
  @Field(() => String, { description: SEGMENT_NAMES })
  segment!: Segment;

  @Field(() => WholeNumberScalar)
  customers!: number;

  @Field(() => DecimalScalar, { description: 'Their net sales.' })
  monetary!: string;
}

@ObjectType({ simpleResolvers: true })
export class TierSummary {
  @Field(() => Tier)
  tier!: Tier;

  @Field(() => WholeNumberScalar)
  customers!: number;

  @Field(() => DecimalScalar, { description: 'Their net sales.' })
  monetary!: string;
}

@ObjectType({ simpleResolvers: true, description: 'All customers with at least one valid order.' })
export class RfmSummary {
  @Field(() => [SegmentSummary], { description: 'All ten, empty ones too.' })
  segments!: SegmentSummary[];

  @Field(() => [TierSummary], { description: 'All three.' })
  tiers!: TierSummary[];

  @Field(() => WholeNumberScalar)
  population!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The reporting currency; null while the store has none.',
  })
  currency!: string | null;

  @Field(() => AsOf)
  asOf!: AsOf;
}
