import { Field, ID, InputType, Int } from 'type-graphql';
import type { CancelOrder, DeliverOrder, PayOrder, ReturnItems, ShipOrder } from '../../commands';
import { DecimalScalar } from '../scalars/decimal.scalar';
import { OrderStepInput } from './command.input';

@InputType()
export class PayOrderInput extends OrderStepInput implements PayOrder {
  @Field(() => DecimalScalar, {
    nullable: true,
    description: "When given, it must be the order's total, less what came back of it.",
  })
  amount?: string | null;

  @Field(() => String, { nullable: true, description: "When given, it must be the order's currency." })
  currency?: string | null;
}

@InputType()
export class ShipOrderInput extends OrderStepInput implements ShipOrder {
  @Field(() => String, { nullable: true })
  carrier?: string | null;

  @Field(() => String, { nullable: true })
  trackingNumber?: string | null;
}

@InputType()
export class DeliverOrderInput extends OrderStepInput implements DeliverOrder {}

@InputType()
export class CancelOrderInput extends OrderStepInput implements CancelOrder {
  @Field(() => String, { nullable: true })
  reason?: string | null;
}

@InputType()
export class ReturnLineInput {
  @Field(() => ID)
  productId!: string;

  @Field(() => Int, { description: 'Units that come back, above zero.' })
  quantity!: number;
}

@InputType()
export class ReturnItemsInput extends OrderStepInput implements ReturnItems {
  @Field(() => [ReturnLineInput], { description: 'May be empty where shipping or tax is given back.' })
  lines!: ReturnLineInput[];

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "What is given back of the order's shipping, at most what is left of it.",
  })
  shipping?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "What is given back of the order's tax, at most what is left of it.",
  })
  tax?: string | null;

  @Field(() => String, { nullable: true })
  reason?: string | null;
}
