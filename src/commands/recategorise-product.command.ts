import {
  decideRecategoriseProduct,
  type RecategoriseProductCommand,
} from '../domain/product/decide-recategorise-product';
import { products } from './aggregates';
import { defineCommand } from './handle';

export interface RecategoriseProduct {
  idempotencyKey: string;
  productId: string;
  category: string;
  expectedRevision?: number | null;
  /** Unix milliseconds; now when absent */
  occurredAt?: number | null;
}

export const recategoriseProduct = defineCommand({
  name: 'RecategoriseProduct',
  aggregate: products,
  normalise: (input: RecategoriseProduct, check): RecategoriseProductCommand => ({
    productId: check.id('productId', input.productId),
    category: check.name('category', input.category),
    occurredAt: check.optionalTime('occurredAt', input.occurredAt),
  }),
  id: (command) => command.productId,
  decide: decideRecategoriseProduct,
});
