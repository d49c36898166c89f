import { append, type LogAppend } from '../../../bench/support/order-log';

/** The first event of an order that `order_lines` and `orders` refuse: its amounts have too many digits. */
export function tooLarge(orderId: string): LogAppend {
  const amount = 999_999_999_999_999;
  const line = {
    lineNumber: 1,
    productId: 'p',
    productName: 'P',
    category: 'C',
    unitPrice: '1',
    quantity: 1,
  };
  const data = {
    orderId,
    customerId: null,
    country: 'JP',
    region: null,
    currency: 'JPY',
    lines: [{ ...line, gross: amount, discount: 0 }],
    gross: amount,
    discounts: 0,
    shipping: 0,
    tax: 0,
    total: amount,
  };
  return append(`order-${orderId}`, 0, 'OrderPlaced', data, Date.UTC(2024, 5, 1));
}
