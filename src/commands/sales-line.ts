import { normalText } from '../domain/text';
import type { InputCheck } from './input-check';

/** The category of a line that names none. */
export const UNCATEGORISED = 'Uncategorised';

/** What a line of an order and a line of a credit note have in common, as a client sends it. */
export interface SalesLineInput {
  productId: string;
  /** the product's id when absent */
  productName?: string | null;
  /** 'Uncategorised' when absent */
  category?: string | null;
  /** decimal string with at most 4 decimals */
  unitPrice: string;
  /** a whole number above zero */
  quantity: number;
}

export function normaliseSalesLine(check: InputCheck, line: SalesLineInput, currency: string) {
  const productId = check.id('productId', line.productId);
  return {
    productId,
    productName: check.optionalName('productName', line.productName) ?? normalText(productId),
    category: check.optionalName('category', line.category) ?? UNCATEGORISED,
    unitPrice: check.unitPrice('unitPrice', line.unitPrice, currency),
    quantity: check.number('quantity', line.quantity),
  };
}
