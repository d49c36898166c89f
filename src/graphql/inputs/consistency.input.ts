import { Field, InputType, Int } from 'type-graphql';
import { LIMITS } from '../limits';

@InputType({ description: 'Ask for an answer that includes a write.' })
export class ConsistencyInput {
  @Field(() => String, { description: 'A consistencyToken, or any position.' })
  token!: string;

  @Field(() => Int, {
    defaultValue: LIMITS.consistencyTimeoutMs.default,
    description: `How long to wait for it, at most ${LIMITS.consistencyTimeoutMs.max}. Then the error is PROJECTION_LAGGING.`,
  })
  timeoutMs!: number;
}
