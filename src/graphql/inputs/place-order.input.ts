import { Field, ID, InputType } from 'type-graphql';
import type { PlaceOrder } from '../../commands';
import { DateTimeScalar } from '../scalars/date-time.scalar';
import { DecimalScalar } from '../scalars/decimal.scalar';
import { KeyedInput } from './command.input';
import { OrderLineInput } from './sales.input';

@InputType({
  description:
    'Amounts are decimal strings in `currency`, exact in its decimals. Ids are taken as they are; ' +
    'names, categories, countries and regions are trimmed and composed (NFC).',
})
export class PlaceOrderInput extends KeyedInput implements PlaceOrder {
  @Field(() => ID)
  orderId!: string;

  @Field(() => ID, { nullable: true, description: 'null for a guest.' })
  customerId?: string | null;

  @Field(() => String)
  country!: string;

  @Field(() => String, { nullable: true })
  region?: string | null;

  @Field(() => String, { description: 'ISO 4217 code.' })
  currency!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Now when absent.' })
  placedAt?: number | null;

  @Field(() => [OrderLineInput])
  lines!: OrderLineInput[];

  @Field(() => DecimalScalar, { nullable: true, description: '0 when absent.' })
  shipping?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: '0 when absent.' })
  tax?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      'Reporting units for one unit of `currency`. Without one, an order in another currency is in no ' +
      'number of the reporting currency.',
  })
  exchangeRate?: string | null;
}
