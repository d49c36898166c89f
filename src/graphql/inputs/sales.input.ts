import { Field, ID, InputType, Int } from 'type-graphql';
import { DecimalScalar } from '../scalars/decimal.scalar';

@InputType({ description: 'A line of a credit note.' })
export class SalesLineInput {
  @Field(() => ID)
  productId!: string;

  @Field(() => String, { nullable: true, description: "The product's id when absent." })
  productName?: string | null;

  @Field(() => String, { nullable: true, description: 'Uncategorised when absent.' })
  category?: string | null;

  @Field(() => DecimalScalar, { description: 'At most 4 decimals.' })
  unitPrice!: string;

  @Field(() => Int, { description: 'Above zero.' })
  quantity!: number;
}

@InputType({ description: 'A line of an order.' })
export class OrderLineInput extends SalesLineInput {
  @Field(() => DecimalScalar, { nullable: true, description: 'Of the whole line; 0 when absent.' })
  discount?: string | null;
}
