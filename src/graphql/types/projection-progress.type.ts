import { Field, Float, Int, ObjectType } from 'type-graphql';
import { WholeNumberScalar } from '../scalars/whole-number.scalar';
import { ProjectionStatus } from './enums';

@ObjectType('Projection', {
  simpleResolvers: true,
  description: 'A read model, and how far it has read the log.',
})
export class ProjectionProgressType {
  @Field(() => String)
  name!: string;

  @Field(() => Int, { description: 'Which build of it is published.' })
  generation!: number;

  @Field(() => String)
  position!: string;

  @Field(() => WholeNumberScalar, { description: 'Events it has yet to read.' })
  lagEvents!: number;

  @Field(() => Float, { description: 'How long the first of them has been waiting.' })
  lagSeconds!: number;

  @Field(() => ProjectionStatus)
  status!: ProjectionStatus;

  @Field(() => WholeNumberScalar, { description: 'Events parked because of one it could not take.' })
  deadLetters!: number;

  @Field(() => WholeNumberScalar, {
    description: 'Events it could not take and that were given up; counted for ever.',
  })
  skippedEvents!: number;
}
