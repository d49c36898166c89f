import { Field, ID, InputType } from 'type-graphql';
import { KeyedInput } from './command.input';
import { PlaceOrderInput } from './place-order.input';

@InputType()
export class PingInput extends KeyedInput {
  @Field(() => ID)
  orderId!: string;

  @Field(() => PlaceOrderInput, {
    nullable: true,
    description: 'Read, checked and dropped: makes the request as large as one that places this order.',
  })
  order?: PlaceOrderInput;
}
