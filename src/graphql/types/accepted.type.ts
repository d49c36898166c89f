import { Field, ID, Int, ObjectType } from 'type-graphql';
import { OrderStatus } from './enums';
import { Money } from './money.type';

/** The fields that every accepted command answers beside its result. */
@ObjectType({ simpleResolvers: true })
export abstract class Accepted {
  @Field(() => String, {
    description:
      'Opaque. Give it to a query as `consistency: { token }`, and the answer includes this command.',
  })
  consistencyToken!: string;

  @Field(() => Boolean, {
    description:
      'true: the command had been accepted before under this idempotency key, and nothing was done again.',
  })
  duplicate!: boolean;
}

@ObjectType({
  simpleResolvers: true,
  description: 'An order as a command left it. The whole of it is at Query.order.',
})
export class AcceptedOrder {
  @Field(() => ID)
  id!: string;

  @Field(() => OrderStatus)
  status!: OrderStatus;

  @Field(() => Int, { description: 'Can be given as expectedRevision of the next command.' })
  revision!: number;

  @Field(() => Money)
  total!: Money;

  @Field(() => ID, { nullable: true, description: 'null for a guest.' })
  customerId!: string | null;
}

@ObjectType({ simpleResolvers: true })
export class OrderAccepted extends Accepted {
  @Field(() => AcceptedOrder)
  order!: AcceptedOrder;
}

@ObjectType({ simpleResolvers: true, description: 'A credit note as a command left it.' })
export class AcceptedCreditNote {
  @Field(() => ID)
  id!: string;

  @Field(() => ID, { nullable: true, description: 'null for a guest.' })
  customerId!: string | null;

  @Field(() => Money, { description: 'Lines, shipping and tax.' })
  amount!: Money;

  @Field(() => Int)
  revision!: number;
}

@ObjectType({ simpleResolvers: true })
export class CreditNoteAccepted extends Accepted {
  @Field(() => AcceptedCreditNote)
  creditNote!: AcceptedCreditNote;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A customer as a command left it. The whole of it is at Query.customer.',
})
export class AcceptedCustomer {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  email!: string | null;

  @Field(() => String, { nullable: true })
  country!: string | null;

  @Field(() => String, { nullable: true })
  region!: string | null;

  @Field(() => Int, { description: 'Can be given as expectedRevision of the next command.' })
  revision!: number;
}

@ObjectType({ simpleResolvers: true })
export class CustomerAccepted extends Accepted {
  @Field(() => AcceptedCustomer)
  customer!: AcceptedCustomer;
}

@ObjectType({ simpleResolvers: true, description: 'A product as a command left it.' })
export class AcceptedProduct {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  category!: string;

  @Field(() => Money)
  price!: Money;

  @Field(() => Int, { description: 'Can be given as expectedRevision of the next command.' })
  revision!: number;
}

@ObjectType({ simpleResolvers: true })
export class ProductAccepted extends Accepted {
  @Field(() => AcceptedProduct)
  product!: AcceptedProduct;
}
