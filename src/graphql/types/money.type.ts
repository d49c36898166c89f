import { Field, ObjectType } from 'type-graphql';
import { DecimalScalar } from '../scalars/decimal.scalar';

@ObjectType({ simpleResolvers: true, description: 'An amount and the currency it is in.' })
export class Money {
  @Field(() => DecimalScalar, { description: "With the currency's own number of decimals." })
  amount!: string;

  @Field(() => String, { description: 'ISO 4217 code.' })
  currency!: string;
}
