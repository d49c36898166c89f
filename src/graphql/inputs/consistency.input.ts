import { Field, InputType, Int } from 'type-graphql';
import { LIMITS } from '../limits';

@InputType({ description: 'Ask for an answer that includes a write.' })
export class ConsistencyInput {
  @Field(() => String, {
    description:
      'The consistencyToken of a command, which the answer then includes; or any position, ' +
      'and it includes everything up to there.',
  })
  token!: string;

  @Field(() => Int, {
    defaultValue: LIMITS.consistencyTimeoutMs.default,
    description:
      `How long to wait for it, at most ${LIMITS.consistencyTimeoutMs.max}. ` +
      'Then the error is PROJECTION_LAGGING.',
  })
  timeoutMs!: number;
}
