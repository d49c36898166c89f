import type { ShopOrder, ShopStep } from './shop';

/** The mutations that the simulator sends. */
export const OPERATIONS = [
  'registerCustomer',
  'placeOrder',
  'payOrder',
  'shipOrder',
  'deliverOrder',
  'cancelOrder',
  'returnItems',
] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface Mutation {
  operation: Operation;
  input: Readonly<Record<string, unknown>>;
}

/** Its key follows from the order, so the same order sent again is the same request. */
export function registerCustomer(order: ShopOrder): Mutation | undefined {
  const { customer, isFirst, country, region } = order;
  if (customer === null || !isFirst) return undefined;
  const { id: customerId, name, email } = customer;
  return {
    operation: 'registerCustomer',
    input: { idempotencyKey: 'register', customerId, name, email, country, region },
  };
}

export function placeOrder(order: ShopOrder): Mutation {
  const { id: orderId, customer, country, region, currency, exchangeRate, lines, shipping, tax } = order;
  const customerId = customer?.id ?? null;
  const context = { customerId, country, region, currency, exchangeRate };
  return {
    operation: 'placeOrder',
    input: { idempotencyKey: 'place', orderId, ...context, lines, shipping, tax },
  };
}

const OPERATION_OF_STEP = {
  pay: 'payOrder',
  ship: 'shipOrder',
  deliver: 'deliverOrder',
  cancel: 'cancelOrder',
  return: 'returnItems',
} as const satisfies Record<ShopStep['kind'], Operation>;

export function stepOf(orderId: string, { afterMs: _, kind, ...rest }: ShopStep): Mutation {
  return { operation: OPERATION_OF_STEP[kind], input: { idempotencyKey: kind, orderId, ...rest } };
}

/** The GraphQL document of a mutation; its one variable is `input`. */
export function documentOf(operation: Operation): string {
  const name = operation.charAt(0).toUpperCase() + operation.slice(1);
  const accepted = operation === 'registerCustomer' ? 'CustomerAccepted' : 'OrderAccepted';
  return (
    `mutation ${name}($input: ${name}Input!) { ${operation}(input: $input) ` +
    `{ __typename ... on ${accepted} { duplicate } ... on Failure { code message } } }`
  );
}
