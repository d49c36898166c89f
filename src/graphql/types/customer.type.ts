import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Segment } from '../../domain/rfm';
import { DateTimeScalar } from '../scalars/date-time.scalar';
import { DecimalScalar } from '../scalars/decimal.scalar';
import { WholeNumberScalar } from '../scalars/whole-number.scalar';
import { AsOf } from './as-of.type';
import { connectionOf } from './connection.type';
import { Tier } from './enums';
import { SEGMENT_NAMES } from './segment';

@ObjectType({
  simpleResolvers: true,
  description:
    'Recency, frequency and money of a customer. A score is the fifth of all customers it falls into, ' +
    '5 best.',
})
export class RfmScores {
  @Field(() => DateTimeScalar, { description: 'Time of the last valid order.' })
  recency!: number;

  @Field(() => WholeNumberScalar, { description: 'Valid orders.' })
  frequency!: number;

  @Field(() => DecimalScalar, { description: "Net sales in the store's reporting currency." })
  monetary!: string;

  @Field(() => Int)
  recencyScore!: number;

  @Field(() => Int)
  frequencyScore!: number;

  @Field(() => Int)
  monetaryScore!: number;

  @Field(() => String, { description: SEGMENT_NAMES })
  segment!: Segment;

  @Field(() => Tier)
  tier!: Tier;

  @Field(() => WholeNumberScalar, {
    description: 'Documents in other currencies without an exchange rate: they are not in monetary.',
  })
  unconverted!: number;

  @Field(() => AsOf)
  asOf!: AsOf;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A customer who registered, or whom an order or credit note named.',
})
export class Customer {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true, description: 'null until registered.' })
  name!: string | null;

  @Field(() => String, { nullable: true })
  email!: string | null;

  @Field(() => String, { nullable: true, description: 'As registered, else where the first sale was.' })
  country!: string | null;

  @Field(() => String, { nullable: true, description: 'As registered, else where the first sale was.' })
  region!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  registeredAt!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Can be given as expectedRevision of the next command; null until registered.',
  })
  revision!: number | null;

  @Field(() => AsOf)
  asOf!: AsOf;
}

@ObjectType({ simpleResolvers: true, description: 'A page of customers by id.' })
export class CustomerConnection extends connectionOf(Customer, 'Customer') {}
