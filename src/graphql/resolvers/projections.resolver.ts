import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Query, Resolver } from 'type-graphql';
import { projections as catalogue } from '../../projections/read-models/catalogue';
import { OperationContext } from '../context';
import { ConsistencyInput } from '../inputs/consistency.input';
import { readProjections } from '../queries/projections.query';
import { ProjectionProgressType } from '../types/projection-progress.type';
import { awaitConsistency } from './consistency';

@Resolver()
export class ProjectionsResolver {
  @Query(() => [ProjectionProgressType], {
    description: 'The read models, and how far each has read the log.',
  })
  async projections(
    @Arg('consistency', () => ConsistencyInput, { nullable: true }) consistency: ConsistencyInput | null,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ProjectionProgressType[]> {
    await awaitConsistency(context, info, consistency, ...catalogue.map(({ name }) => name));
    return readProjections(context.services.pool, context.services.store);
  }
}
