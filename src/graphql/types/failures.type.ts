import { type ClassType, Field, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import type { FailureCode } from '../../domain/failures';
import { DateTimeScalar } from '../scalars/date-time.scalar';
import { DecimalScalar } from '../scalars/decimal.scalar';
import { WholeNumberScalar } from '../scalars/whole-number.scalar';

@InterfaceType({
  description:
    'Why a command was refused. Nothing was changed, and its idempotency key is free: ' +
    'sent again it is decided again.',
})
export abstract class Failure {
  @Field(() => String, { description: 'Which failure it is, e.g. VERSION_CONFLICT.' })
  code!: string;

  @Field(() => String, { description: 'For people, in a sentence.' })
  message!: string;

  @Field(() => [String], {
    description: 'Where in the input, e.g. ["lines", "2", "quantity"]; empty when it is about the whole.',
  })
  path!: string[];
}

/** Declares the object type of one failure. The interface has the fields that all share. */
const FailureType = (name: string, description: string) =>
  ObjectType(name, { implements: Failure, simpleResolvers: true, description });

@FailureType('InvalidInput', 'The input is wrong in itself: `message` says how, `path` where.')
export class InvalidInput extends Failure {}

@FailureType('NotFound', 'There is no such order, customer or product, or no such product in the order.')
export class NotFound extends Failure {}

@FailureType('AlreadyExists', 'The id is taken, by a command with another idempotency key.')
export class AlreadyExists extends Failure {}

@FailureType('IllegalTransition', 'What was asked is not possible in the status that the order has.')
export class IllegalTransition extends Failure {
  @Field(() => String, { description: 'The status it has, e.g. CANCELLED.' })
  status!: string;
}

@FailureType('ReturnExceedsPurchase', 'More units would come back than were bought.')
export class ReturnExceedsPurchase extends Failure {
  @Field(() => ID)
  productId!: string;

  @Field(() => WholeNumberScalar)
  purchased!: number;

  @Field(() => WholeNumberScalar)
  alreadyReturned!: number;

  @Field(() => WholeNumberScalar)
  requested!: number;
}

@FailureType(
  'RefundExceedsCharge',
  'More shipping or tax would be given back than is left of what was charged.',
)
export class RefundExceedsCharge extends Failure {
  @Field(() => DecimalScalar)
  charged!: string;

  @Field(() => DecimalScalar)
  alreadyRefunded!: string;

  @Field(() => DecimalScalar)
  requestedAmount!: string;

  @Field(() => String, { description: 'ISO 4217 code of the amounts.' })
  currency!: string;
}

@FailureType('CurrencyMismatch', 'The amount is in another currency than the thing it is for.')
export class CurrencyMismatch extends Failure {
  @Field(() => String)
  expected!: string;

  @Field(() => String)
  actual!: string;
}

@FailureType('IdempotencyKeyReused', 'The idempotency key was used before, with another input.')
export class IdempotencyKeyReused extends Failure {}

@FailureType(
  'VersionConflict',
  'It is not at the revision that the client expected: somebody changed it meanwhile.',
)
export class VersionConflict extends Failure {
  @Field(() => Int)
  expectedRevision!: number;

  @Field(() => Int, { nullable: true, description: 'null when it does not exist.' })
  currentRevision!: number | null;
}

@FailureType('PayloadTooLarge', 'What would be stored is larger than the event store takes.')
export class PayloadTooLarge extends Failure {
  @Field(() => Int)
  sizeBytes!: number;

  @Field(() => Int)
  limitBytes!: number;
}

@FailureType(
  'TooManyUnchanged',
  'What was asked for is so already, and too many such commands came. Nothing is to be done.',
)
export class TooManyUnchanged extends Failure {
  @Field(() => Int, {
    description: 'So many commands that change nothing are taken, within 24 hours or in a row.',
  })
  limit!: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the next one is taken; null: when something has changed.',
  })
  retryAt!: number | null;
}

/** Code of the domain -> its GraphQL type. */
export const failureTypes: Readonly<Record<FailureCode, ClassType<Failure>>> = {
  INVALID_INPUT: InvalidInput,
  NOT_FOUND: NotFound,
  ALREADY_EXISTS: AlreadyExists,
  ILLEGAL_TRANSITION: IllegalTransition,
  RETURN_EXCEEDS_PURCHASE: ReturnExceedsPurchase,
  REFUND_EXCEEDS_CHARGE: RefundExceedsCharge,
  CURRENCY_MISMATCH: CurrencyMismatch,
  IDEMPOTENCY_KEY_REUSED: IdempotencyKeyReused,
  VERSION_CONFLICT: VersionConflict,
  PAYLOAD_TOO_LARGE: PayloadTooLarge,
  TOO_MANY_UNCHANGED: TooManyUnchanged,
};
