import { decideListProduct, type ListProductCommand } from '../domain/product/decide-list-product';
import { products } from './aggregates';
import { defineCommand } from './handle';
import { UNCATEGORISED } from './sales-line';

export interface ListProduct {
  idempotencyKey: string;
  productId: string;
  name: string;
  /** 'Uncategorised' when absent */
  category?: string | null;
  /** decimal string with at most 4 decimals */
  price: string;
  /** ISO 4217 */
  currency: string;
  /** Unix milliseconds; now when absent */
  occurredAt?: number | null;
}

export const listProduct = defineCommand({
  name: 'ListProduct',
  aggregate: products,
  begins: true,
  normalise(input: ListProduct, check): ListProductCommand {
    const currency = check.currency('currency', input.currency);
    return {
      productId: check.id('productId', input.productId),
      name: check.name('name', input.name),
      category: check.optionalName('category', input.category) ?? UNCATEGORISED,
      price: check.unitPrice('price', input.price, currency),
      currency,
      occurredAt: check.optionalTime('occurredAt', input.occurredAt),
    };
  },
  id: (command) => command.productId,
  decide: decideListProduct,
});
