import { Field, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../scalars/date-time.scalar';

@ObjectType({
  simpleResolvers: true,
  description: 'How far the read model behind an answer had read the log.',
})
export class AsOf {
  @Field(() => String, {
    description:
      'Position of the last event in the numbers; can be given as a consistency token. ' +
      'Empty before the first event.',
  })
  position!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When that event was recorded.' })
  time!: number | null;
}
