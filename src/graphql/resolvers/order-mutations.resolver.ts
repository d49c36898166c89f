import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import {
  cancelOrder,
  deliverOrder,
  type OrderSummary,
  payOrder,
  placeOrder,
  returnItems,
  shipOrder,
} from '../../commands';
import { formatAmount } from '../../domain/money';
import { OperationContext } from '../context';
import {
  CancelOrderInput,
  DeliverOrderInput,
  PayOrderInput,
  ReturnItemsInput,
  ShipOrderInput,
} from '../inputs/order-step.inputs';
import { PlaceOrderInput } from '../inputs/place-order.input';
import type { AcceptedOrder } from '../types/accepted.type';
import {
  CancelOrderResult,
  DeliverOrderResult,
  PayOrderResult,
  PlaceOrderResult,
  ReturnItemsResult,
  ShipOrderResult,
} from '../types/results.union';
import { type Answer, runCommand } from './run-command';

type OrderAnswer = Promise<Answer<{ order: AcceptedOrder }>>;

const orderView = ({ total, ...order }: OrderSummary): { order: AcceptedOrder } => ({
  order: {
    ...order,
    total: { amount: formatAmount(total.amount, total.currency), currency: total.currency },
  },
});

@Resolver()
export class OrderMutationsResolver {
  @Mutation(() => PlaceOrderResult)
  placeOrder(
    @Arg('input', () => PlaceOrderInput) input: PlaceOrderInput,
    @Ctx() context: OperationContext,
  ): OrderAnswer {
    return runCommand(context, 'placeOrder', placeOrder, input, orderView);
  }

  @Mutation(() => PayOrderResult)
  payOrder(
    @Arg('input', () => PayOrderInput) input: PayOrderInput,
    @Ctx() context: OperationContext,
  ): OrderAnswer {
    return runCommand(context, 'payOrder', payOrder, input, orderView);
  }

  @Mutation(() => ShipOrderResult)
  shipOrder(
    @Arg('input', () => ShipOrderInput) input: ShipOrderInput,
    @Ctx() context: OperationContext,
  ): OrderAnswer {
    return runCommand(context, 'shipOrder', shipOrder, input, orderView);
  }

  @Mutation(() => DeliverOrderResult)
  deliverOrder(
    @Arg('input', () => DeliverOrderInput) input: DeliverOrderInput,
    @Ctx() context: OperationContext,
  ): OrderAnswer {
    return runCommand(context, 'deliverOrder', deliverOrder, input, orderView);
  }

  @Mutation(() => CancelOrderResult, {
    description: 'Possible until it is shipped. Reverses all that the order has posted.',
  })
  cancelOrder(
    @Arg('input', () => CancelOrderInput) input: CancelOrderInput,
    @Ctx() context: OperationContext,
  ): OrderAnswer {
    return runCommand(context, 'cancelOrder', cancelOrder, input, orderView);
  }

  @Mutation(() => ReturnItemsResult, {
    description:
      'Takes units of an order back, at what was paid for them, and gives back shipping and tax as far as ' +
      'is said.',
  })
  returnItems(
    @Arg('input', () => ReturnItemsInput) input: ReturnItemsInput,
    @Ctx() context: OperationContext,
  ): OrderAnswer {
    return runCommand(context, 'returnItems', returnItems, input, orderView);
  }
}
