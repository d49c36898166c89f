import { ArgsType, Field, Int } from 'type-graphql';
import { LIMITS } from '../limits';

/** The arguments of a connection. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    defaultValue: LIMITS.pageSize.default,
    description: `From 1 to ${LIMITS.pageSize.max}.`,
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last edge of the page before.' })
  after?: string | null;
}
