import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, ID, Info, Query, Resolver } from 'type-graphql';
import { OperationContext } from '../context';
import { ConsistencyInput } from '../inputs/consistency.input';
import { readProduct } from '../queries/products.query';
import { Product } from '../types/product.type';
import { checkId } from './arguments';
import { awaitConsistency } from './consistency';

@Resolver()
export class ProductsResolver {
  @Query(() => Product, {
    nullable: true,
    description: 'A listed product; null when there is none of this id.',
  })
  async product(
    @Arg('id', () => ID) id: string,
    @Arg('consistency', () => ConsistencyInput, { nullable: true }) consistency: ConsistencyInput | null,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Product | null> {
    checkId('id', id);
    await awaitConsistency(context, info, consistency, 'products');
    return readProduct(context.services.pool, id);
  }
}
