import { Field, ID, InputType } from 'type-graphql';
import type { IssueCreditNote } from '../../commands';
import { DecimalScalar } from '../scalars/decimal.scalar';
import { TimedInput } from './command.input';
import { SalesLineInput } from './sales.input';

@InputType({ description: 'A return that names no order. Amounts are decimal strings in `currency`.' })
export class IssueCreditNoteInput extends TimedInput implements IssueCreditNote {
  @Field(() => ID)
  creditNoteId!: string;

  @Field(() => ID, { nullable: true, description: 'null for a guest.' })
  customerId?: string | null;

  @Field(() => String)
  country!: string;

  @Field(() => String, { nullable: true })
  region?: string | null;

  @Field(() => String, { description: 'ISO 4217 code.' })
  currency!: string;

  @Field(() => [SalesLineInput], {
    description:
      'What came back; quantities are above zero. May be empty where shipping or tax is given back.',
  })
  lines!: SalesLineInput[];

  @Field(() => DecimalScalar, { nullable: true, description: 'Shipping that is given back.' })
  shipping?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Tax that is given back.' })
  tax?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Reporting units for one unit of `currency`.',
  })
  exchangeRate?: string | null;

  @Field(() => String, { nullable: true })
  reason?: string | null;
}
