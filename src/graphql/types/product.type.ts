import { Field, ID, Int, ObjectType } from 'type-graphql';
import { AsOf } from './as-of.type';
import { Money } from './money.type';

@ObjectType({ simpleResolvers: true, description: 'A listed product.' })
export class Product {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  category!: string;

  @Field(() => Money, { description: 'May be finer than the smallest coin.' })
  price!: Money;

  @Field(() => Int, { description: 'Can be given as expectedRevision of the next command.' })
  revision!: number;

  @Field(() => AsOf)
  asOf!: AsOf;
}
