import { Field, ObjectType } from 'type-graphql';
import { DecimalScalar } from '../scalars/decimal.scalar';
import { type WholeNumber, WholeNumberScalar } from '../scalars/whole-number.scalar';
import { AsOf } from './as-of.type';

@ObjectType({ simpleResolvers: true, description: 'Sales over all categories.' })
export class RevenueTotal {
  @Field(() => DecimalScalar, { description: 'Line amounts before discount, less cancelled.' })
  gross!: string;

  @Field(() => DecimalScalar)
  discounts!: string;

  @Field(() => DecimalScalar)
  returns!: string;

  @Field(() => DecimalScalar, { description: 'gross - discounts - returns' })
  net!: string;

  @Field(() => WholeNumberScalar, {
    description: 'Units ordered, less cancelled; returns do not reduce it.',
  })
  units!: WholeNumber;

  @Field(() => WholeNumberScalar)
  unitsReturned!: WholeNumber;

  @Field(() => WholeNumberScalar, { description: 'Orders, less cancelled.' })
  orders!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Sales of one category. An order with lines in two categories counts in both.',
})
export class CategoryRevenueRow extends RevenueTotal {
  @Field(() => String)
  category!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What came in another currency without an exchange rate, and therefore is in no number above.',
})
export class UnconvertedRevenue {
  @Field(() => String)
  currency!: string;

  @Field(() => WholeNumberScalar, { description: 'Orders, less cancelled.' })
  orders!: number;

  @Field(() => WholeNumberScalar, { description: 'Orders, cancellations, returns and credit notes.' })
  documents!: number;

  @Field(() => DecimalScalar)
  gross!: string;

  @Field(() => DecimalScalar)
  discounts!: string;

  @Field(() => DecimalScalar)
  returns!: string;

  @Field(() => DecimalScalar)
  net!: string;
}

@ObjectType({ simpleResolvers: true })
export class CategoryRevenue {
  @Field(() => String, {
    nullable: true,
    description: 'Of every amount but the unconverted; null while the store has no reporting currency.',
  })
  currency!: string | null;

  @Field(() => [CategoryRevenueRow], { description: 'By name of the category.' })
  rows!: CategoryRevenueRow[];

  @Field(() => RevenueTotal)
  total!: RevenueTotal;

  @Field(() => [UnconvertedRevenue], { description: 'Empty unless the currency is the reporting one.' })
  unconverted!: UnconvertedRevenue[];

  @Field(() => AsOf)
  asOf!: AsOf;
}
