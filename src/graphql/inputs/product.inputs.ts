import { Field, ID, InputType } from 'type-graphql';
import type { ChangeProductPrice, ListProduct, RecategoriseProduct } from '../../commands';
import { DecimalScalar } from '../scalars/decimal.scalar';
import { TimedInput } from './command.input';

@InputType()
export class ListProductInput extends TimedInput implements ListProduct {
  @Field(() => ID)
  productId!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true, description: 'Uncategorised when absent.' })
  category?: string | null;

  @Field(() => DecimalScalar, { description: 'At most 4 decimals.' })
  price!: string;

  @Field(() => String, { description: 'ISO 4217 code.' })
  currency!: string;
}

@InputType()
export class ChangeProductPriceInput extends TimedInput implements ChangeProductPrice {
  @Field(() => ID)
  productId!: string;

  @Field(() => DecimalScalar, { description: 'At most 4 decimals.' })
  price!: string;

  @Field(() => String, { nullable: true, description: "When given, it must be the product's currency." })
  currency?: string | null;
}

@InputType()
export class RecategoriseProductInput extends TimedInput implements RecategoriseProduct {
  @Field(() => ID)
  productId!: string;

  @Field(() => String)
  category!: string;
}
