import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { changeProductPrice, listProduct, type ProductSummary, recategoriseProduct } from '../../commands';
import { OperationContext } from '../context';
import {
  ChangeProductPriceInput,
  ListProductInput,
  RecategoriseProductInput,
} from '../inputs/product.inputs';
import type { AcceptedProduct } from '../types/accepted.type';
import {
  ChangeProductPriceResult,
  ListProductResult,
  RecategoriseProductResult,
} from '../types/results.union';
import { type Answer, runCommand } from './run-command';

type ProductAnswer = Promise<Answer<{ product: AcceptedProduct }>>;

const productView = ({ price, currency, ...product }: ProductSummary): { product: AcceptedProduct } => ({
  product: { ...product, price: { amount: price, currency } },
});

@Resolver()
export class ProductMutationsResolver {
  @Mutation(() => ListProductResult)
  listProduct(
    @Arg('input', () => ListProductInput) input: ListProductInput,
    @Ctx() context: OperationContext,
  ): ProductAnswer {
    return runCommand(context, 'listProduct', listProduct, input, productView);
  }

  @Mutation(() => ChangeProductPriceResult)
  changeProductPrice(
    @Arg('input', () => ChangeProductPriceInput) input: ChangeProductPriceInput,
    @Ctx() context: OperationContext,
  ): ProductAnswer {
    return runCommand(context, 'changeProductPrice', changeProductPrice, input, productView);
  }

  @Mutation(() => RecategoriseProductResult)
  recategoriseProduct(
    @Arg('input', () => RecategoriseProductInput) input: RecategoriseProductInput,
    @Ctx() context: OperationContext,
  ): ProductAnswer {
    return runCommand(context, 'recategoriseProduct', recategoriseProduct, input, productView);
  }
}
