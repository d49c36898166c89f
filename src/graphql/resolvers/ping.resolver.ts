import { Arg, Mutation, Resolver } from 'type-graphql';
import { PingInput } from '../inputs/ping.input';
import type { Pong } from '../types/pong.type';
import { PingResult } from '../types/results.union';

@Resolver()
export class PingResolver {
  @Mutation(() => PingResult, {
    description:
      'Does nothing and answers in the shape of an order mutation: what a mutation costs without its ' +
      'command.',
  })
  ping(@Arg('input', () => PingInput) { orderId }: PingInput): Pong {
    return {
      order: {
        id: orderId,
        status: 'PLACED',
        revision: 0,
        total: { amount: '0.00', currency: 'EUR' },
        customerId: null,
      },
      consistencyToken: '',
      duplicate: false,
    };
  }
}
