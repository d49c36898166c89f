import { Field, ID, InputType } from 'type-graphql';
import { DateTimeScalar } from '../scalars/date-time.scalar';
import { OrderStatus } from '../types/enums';

@InputType({ description: 'Which orders are wanted; all that is given must hold.' })
export class OrderFilter {
  @Field(() => ID, { nullable: true })
  customerId?: string | null;

  @Field(() => OrderStatus, { nullable: true })
  status?: OrderStatus | null;

  @Field(() => String, { nullable: true })
  country?: string | null;

  @Field(() => String, { nullable: true, description: 'ISO 4217 code.' })
  currency?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Inclusive.' })
  placedFrom?: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Exclusive.' })
  placedTo?: number | null;
}
