import { Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../scalars/date-time.scalar';
import { DecimalScalar } from '../scalars/decimal.scalar';
import { AsOf } from './as-of.type';
import { connectionOf } from './connection.type';
import { OrderStatus } from './enums';
import { Money } from './money.type';

@ObjectType({ simpleResolvers: true })
export class OrderLine {
  @Field(() => Int, { description: '1, 2, 3 ... in the order of the input.' })
  lineNumber!: number;

  @Field(() => ID)
  productId!: string;

  @Field(() => String)
  productName!: string;

  @Field(() => String)
  category!: string;

  @Field(() => DecimalScalar, { description: 'May be finer than the smallest coin.' })
  unitPrice!: string;

  @Field(() => Int)
  quantity!: number;

  @Field(() => DecimalScalar, { description: 'unitPrice x quantity, rounded once.' })
  gross!: string;

  @Field(() => DecimalScalar)
  discount!: string;

  @Field(() => DecimalScalar, { description: 'gross - discount' })
  net!: string;
}

@ObjectType({ simpleResolvers: true, description: 'What came back of one line in one return.' })
export class ReturnedOrderLine {
  @Field(() => Int)
  lineNumber!: number;

  @Field(() => ID)
  productId!: string;

  @Field(() => Int)
  quantity!: number;

  @Field(() => DecimalScalar)
  amount!: string;
}

@ObjectType({ simpleResolvers: true, description: 'Something that happened to an order.' })
export class OrderHistoryEntry {
  @Field(() => String, { description: 'Name of the event, e.g. OrderShipped.' })
  type!: string;

  @Field(() => DateTimeScalar)
  at!: number;

  @Field(() => Int)
  revision!: number;

  @Field(() => String)
  position!: string;

  @Field(() => String, { nullable: true, description: 'Of a cancellation or a return.' })
  reason!: string | null;

  @Field(() => String, { nullable: true, description: 'Of a shipment.' })
  carrier!: string | null;

  @Field(() => String, { nullable: true, description: 'Of a shipment.' })
  trackingNumber!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'What the units of a return were worth.' })
  amount!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Shipping that a return gave back.' })
  shipping!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Tax that a return gave back.' })
  tax!: string | null;

  @Field(() => [ReturnedOrderLine], { nullable: true, description: 'What came back in a return.' })
  lines!: ReturnedOrderLine[] | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'An order. Amounts are in its currency, with that currency’s decimals.',
})
export class Order {
  @Field(() => ID)
  id!: string;

  @Field(() => OrderStatus)
  status!: OrderStatus;

  @Field(() => Int, { description: 'Can be given as expectedRevision of the next command.' })
  revision!: number;

  @Field(() => ID, { nullable: true, description: 'null for a guest.' })
  customerId!: string | null;

  @Field(() => String)
  currency!: string;

  @Field(() => String)
  country!: string;

  @Field(() => String, { nullable: true })
  region!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Reporting units for one unit of the currency, where one was given.',
  })
  exchangeRate!: string | null;

  @Field(() => [OrderLine])
  lines!: OrderLine[];

  @Field(() => DecimalScalar)
  gross!: string;

  @Field(() => DecimalScalar)
  discounts!: string;

  @Field(() => DecimalScalar)
  returns!: string;

  @Field(() => DecimalScalar)
  shipping!: string;

  @Field(() => DecimalScalar)
  tax!: string;

  @Field(() => DecimalScalar, { description: 'What was given back of `shipping`.' })
  refundedShipping!: string;

  @Field(() => DecimalScalar, { description: 'What was given back of `tax`.' })
  refundedTax!: string;

  @Field(() => Money, { description: 'As placed: gross - discounts + shipping + tax.' })
  total!: Money;

  @Field(() => DateTimeScalar)
  placedAt!: number;

  @Field(() => String, { description: 'Where in the log the order was placed.' })
  position!: string;

  @Field(() => [OrderHistoryEntry], { description: 'Oldest first.' })
  history!: OrderHistoryEntry[];

  @Field(() => AsOf)
  asOf!: AsOf;
}

@ObjectType({ simpleResolvers: true, description: 'A page of orders, the last one placed first.' })
export class OrderConnection extends connectionOf(Order, 'Order') {}
