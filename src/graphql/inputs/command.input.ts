import { Field, ID, InputType, Int } from 'type-graphql';
import { DateTimeScalar } from '../scalars/date-time.scalar';

@InputType()
export abstract class KeyedInput {
  @Field(() => String, {
    description:
      'Name of this request, 1 to 200 characters, new for each. Sending the same input again under the same key does nothing a second time and answers the first result.',
  })
  idempotencyKey!: string;
}

/** What every command but placeOrder takes. */
@InputType()
export abstract class TimedInput extends KeyedInput {
  @Field(() => Int, {
    nullable: true,
    description: 'The revision that the client has seen; at any other the answer is VersionConflict.',
  })
  expectedRevision?: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it happened; now when absent.' })
  occurredAt?: number | null;
}

/** What every later command of an order takes. */
@InputType()
export abstract class OrderStepInput extends TimedInput {
  @Field(() => ID)
  orderId!: string;
}
