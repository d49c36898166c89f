import { registerEnumType } from 'type-graphql';
import type { OrderStatus as DomainOrderStatus } from '../../domain/events';
import { type Tier as DomainTier, TIERS } from '../../domain/rfm';

/** The object that a GraphQL enum is made from, of the names of a union. */
const values = <T extends string>(...names: T[]) =>
  Object.fromEntries(names.map((name) => [name, name])) as { readonly [K in T]: K };

export const AnomalyBasis = values('NOW', 'AT_ARRIVAL', 'ROBUST');
export type AnomalyBasis = keyof typeof AnomalyBasis;
registerEnumType(AnomalyBasis, {
  name: 'AnomalyBasis',
  description: 'What an order total is held against.',
  valuesConfig: {
    NOW: { description: 'All valid orders there are now.' },
    AT_ARRIVAL: {
      description:
        'The valid orders that had arrived before it, whatever their times. Never changes afterwards: ' +
        'older orders that are imported behind newer ones are held against those.',
    },
    ROBUST: {
      description: 'Median and median absolute deviation of logarithmic totals; flags large orders only.',
    },
  },
});

export const Clock = values('PROCESSED', 'ORDERED');
export type Clock = keyof typeof Clock;
registerEnumType(Clock, {
  name: 'Clock',
  description: 'Which day an amount counts on.',
  valuesConfig: {
    PROCESSED: { description: 'The day on which the order, cancellation or return was processed.' },
    ORDERED: { description: 'The day of the order: returns and cancellations are netted back to it.' },
  },
});

export const OrderStatus = values('PLACED', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED');
export type OrderStatus = DomainOrderStatus;
registerEnumType(OrderStatus, { name: 'OrderStatus', description: 'Where an order stands.' });

export const Tier = values(...TIERS);
export type Tier = DomainTier;
registerEnumType(Tier, {
  name: 'Tier',
  description: 'A third of the customers by money, from the top: VIP, GOLD, SILVER.',
});

export const ProjectionStatus = values('LIVE', 'CATCHING_UP', 'DEGRADED');
export type ProjectionStatus = keyof typeof ProjectionStatus;
registerEnumType(ProjectionStatus, {
  name: 'ProjectionStatus',
  description: 'How a read model is doing.',
  valuesConfig: {
    LIVE: { description: 'It shows everything, or is less than a second behind.' },
    CATCHING_UP: { description: 'It has events to read that are more than a second old.' },
    DEGRADED: { description: 'It goes on, but some streams are parked because of an event it cannot take.' },
  },
});
