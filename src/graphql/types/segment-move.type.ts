import { Field, ID, ObjectType } from 'type-graphql';
import type { Segment } from '../../domain/rfm';
import { DateTimeScalar } from '../scalars/date-time.scalar';
import { Tier } from './enums';
import { SEGMENT_NAMES } from './segment';

@ObjectType({
  simpleResolvers: true,
  description:
    "A customer's own event moved it to another segment or tier. null: not among the customers with a " +
    'valid order.',
})
export class SegmentMove {
  @Field(() => ID)
  customerId!: string;

  @Field(() => String, { nullable: true, description: SEGMENT_NAMES })
  fromSegment!: Segment | null;

  @Field(() => String, { nullable: true, description: SEGMENT_NAMES })
  toSegment!: Segment | null;

  @Field(() => Tier, { nullable: true })
  fromTier!: Tier | null;

  @Field(() => Tier, { nullable: true })
  toTier!: Tier | null;

  @Field(() => String, { description: 'Name of the event that caused it, e.g. OrderPlaced.' })
  cause!: string;

  @Field(() => ID, { description: 'The order or credit note.' })
  documentId!: string;

  @Field(() => String, { description: 'Of the event. Give it as `after` to go on from here.' })
  position!: string;

  @Field(() => DateTimeScalar)
  at!: number;
}
