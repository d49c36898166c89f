import { Field, ID, InputType } from 'type-graphql';
import type { ChangeCustomer, RegisterCustomer } from '../../commands';
import { TimedInput } from './command.input';

@InputType()
export class RegisterCustomerInput extends TimedInput implements RegisterCustomer {
  @Field(() => ID)
  customerId!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  email?: string | null;

  @Field(() => String, { nullable: true })
  country?: string | null;

  @Field(() => String, { nullable: true })
  region?: string | null;
}

@InputType({
  description: 'A field that is absent stays as it is; null empties it. The name can only be replaced.',
})
export class ChangeCustomerInput extends TimedInput implements ChangeCustomer {
  @Field(() => ID)
  customerId!: string;

  @Field(() => String, { nullable: true })
  name?: string;

  @Field(() => String, { nullable: true })
  email?: string | null;

  @Field(() => String, { nullable: true })
  country?: string | null;

  @Field(() => String, { nullable: true })
  region?: string | null;
}
