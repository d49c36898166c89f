import {
  type ChangeProductPriceCommand,
  decideChangeProductPrice,
} from '../domain/product/decide-change-product-price';
import { products } from './aggregates';
import { defineCommand } from './handle';

export interface ChangeProductPrice {
  idempotencyKey: string;
  productId: string;
  /** decimal string with at most 4 decimals */
  price: string;
  /** when given it must be the product's currency */
  currency?: string | null;
  expectedRevision?: number | null;
  /** Unix milliseconds; now when absent */
  occurredAt?: number | null;
}

export const changeProductPrice = defineCommand({
  name: 'ChangeProductPrice',
  aggregate: products,
  normalise: (input: ChangeProductPrice, check): ChangeProductPriceCommand => ({
    productId: check.id('productId', input.productId),
    price: check.decimal('price', input.price),
    currency: check.optionalCurrency('currency', input.currency),
    occurredAt: check.optionalTime('occurredAt', input.occurredAt),
  }),
  id: (command) => command.productId,
  decide: decideChangeProductPrice,
});
