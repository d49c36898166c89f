import { Field, ID, InputType, Int } from 'type-graphql';
import { DateTimeScalar } from '../scalars/date-time.scalar';

@InputType()
export abstract class KeyedInput {
  @Field(() => String, {
    description:
      'Name of this request, 1 to 200 characters, new for each. Its scope is the order, credit note, ' +
      'customer or product that the input names by its id: one key over two orders is two commands. ' +
      'The same input again under the same key does nothing a second time and answers the first ' +
      'result, also where that changed nothing; another input is IdempotencyKeyReused. ' +
      'A refusal is not remembered: the same request is decided again, and may be accepted then.',
  })
  idempotencyKey!: string;
}

/** The input of every command but placeOrder. */
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

/** The input of every later command of an order. */
@InputType()
export abstract class OrderStepInput extends TimedInput {
  @Field(() => ID)
  orderId!: string;
}
