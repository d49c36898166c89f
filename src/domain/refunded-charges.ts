import type { RefundedCharges } from './events';

/** What is wrong with a return or credit note of no lines. */
export const NOTHING_GIVEN_BACK = 'must have at least one line where neither shipping nor tax is given back';

/** Minor units as the event of a return or credit note has them: what is nothing is left out. */
export function refundedCharges(shipping: number, tax: number): RefundedCharges {
  return { ...(shipping === 0 ? {} : { shipping }), ...(tax === 0 ? {} : { tax }) };
}
