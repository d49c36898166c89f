import { type ClassType, createUnionType } from 'type-graphql';
import type { FailureCode } from '../../domain/failures';
import {
  type Accepted,
  CreditNoteAccepted,
  CustomerAccepted,
  OrderAccepted,
  ProductAccepted,
} from './accepted.type';
import { type Failure, failureTypes } from './failures.type';
import { Pong } from './pong.type';

/** Failures of every command. */
const ALWAYS: FailureCode[] = [
  'INVALID_INPUT',
  'IDEMPOTENCY_KEY_REUSED',
  'VERSION_CONFLICT',
  'PAYLOAD_TOO_LARGE',
];

/** The union that a mutation answers: its success type, and the failures of its command. */
function resultOf(name: string, success: ClassType<Accepted>, ...codes: FailureCode[]) {
  const failures = [...ALWAYS, ...codes].map((code) => failureTypes[code]);
  return createUnionType({
    name,
    types: () => [success, ...failures] as const,
    resolveType: (value: Accepted | Failure) =>
      'code' in value ? failureTypes[value.code as FailureCode] : success,
  });
}

export const PlaceOrderResult = resultOf('PlaceOrderResult', OrderAccepted, 'ALREADY_EXISTS');
export const PayOrderResult = resultOf(
  'PayOrderResult',
  OrderAccepted,
  'NOT_FOUND',
  'ILLEGAL_TRANSITION',
  'CURRENCY_MISMATCH',
);
export const ShipOrderResult = resultOf('ShipOrderResult', OrderAccepted, 'NOT_FOUND', 'ILLEGAL_TRANSITION');
export const DeliverOrderResult = resultOf(
  'DeliverOrderResult',
  OrderAccepted,
  'NOT_FOUND',
  'ILLEGAL_TRANSITION',
);
export const CancelOrderResult = resultOf(
  'CancelOrderResult',
  OrderAccepted,
  'NOT_FOUND',
  'ILLEGAL_TRANSITION',
);
export const ReturnItemsResult = resultOf(
  'ReturnItemsResult',
  OrderAccepted,
  'NOT_FOUND',
  'ILLEGAL_TRANSITION',
  'RETURN_EXCEEDS_PURCHASE',
  'REFUND_EXCEEDS_CHARGE',
);
export const IssueCreditNoteResult = resultOf('IssueCreditNoteResult', CreditNoteAccepted, 'ALREADY_EXISTS');
export const RegisterCustomerResult = resultOf('RegisterCustomerResult', CustomerAccepted, 'ALREADY_EXISTS');
export const ChangeCustomerResult = resultOf(
  'ChangeCustomerResult',
  CustomerAccepted,
  'NOT_FOUND',
  'TOO_MANY_UNCHANGED',
);
export const ListProductResult = resultOf('ListProductResult', ProductAccepted, 'ALREADY_EXISTS');
export const ChangeProductPriceResult = resultOf(
  'ChangeProductPriceResult',
  ProductAccepted,
  'NOT_FOUND',
  'CURRENCY_MISMATCH',
  'TOO_MANY_UNCHANGED',
);
export const RecategoriseProductResult = resultOf(
  'RecategoriseProductResult',
  ProductAccepted,
  'NOT_FOUND',
  'TOO_MANY_UNCHANGED',
);

export const PingResult = resultOf('PingResult', Pong);
