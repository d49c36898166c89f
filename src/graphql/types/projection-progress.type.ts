import { Field, Float, Int, ObjectType } from 'type-graphql';
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

  @Field(() => Float, { description: 'Events it has yet to read. A whole number.' })
  lagEvents!: number;

  @Field(() => Float, { description: 'How long the first of them has been waiting.' })
  lagSeconds!: number;

  @Field(() => ProjectionStatus)
  status!: ProjectionStatus;

  @Field(() => Int, { description: 'Events parked because of one it could not take.' })
  deadLetters!: number;
}
