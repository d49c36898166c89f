import { Field, ID, InputType } from 'type-graphql';
import { KeyedInput } from './command.input';

@InputType()
export class PingInput extends KeyedInput {
  @Field(() => ID)
  orderId!: string;
}
