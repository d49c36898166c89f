import { Field, ID, Int, ObjectType } from 'type-graphql';
import { AsOf } from './as-of.type';
import { Money } from './money.type';

@ObjectType({ simpleResolvers: true, description: 'A listed product.' })
export class Product {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'The newest that the catalogue, an order or a credit note gave.' })
  name!: string;

  @Field(() => String, { description: 'A change that is dated before the current one does not replace it.' })
  category!: string;

  @Field(() => Money, {
    description:
      'May be finer than the smallest coin. Dated back, a change does not replace the current one.',
  })
  price!: Money;

  @Field(() => Int, { description: 'Can be given as expectedRevision of the next command.' })
  revision!: number;

  @Field(() => AsOf)
  asOf!: AsOf;
}
