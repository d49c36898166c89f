import { Field, ObjectType } from 'type-graphql';
import { Accepted, AcceptedOrder } from './accepted.type';

@ObjectType({
  simpleResolvers: true,
  description: 'What a ping answers: the shape of OrderAccepted, made of nothing.',
})
export class Pong extends Accepted {
  @Field(() => AcceptedOrder)
  order!: AcceptedOrder;
}
