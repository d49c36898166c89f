import type { EventType } from '../../domain/events';
import { EVENT_TOPICS, type EventTopic } from '../../kafka/topics';
import type { Projection } from '../projection';

/** The topic of each type's streams; the settings are read from the event store. */
const TOPIC_OF: Record<EventType, EventTopic | null> = {
  OrderPlaced: 'orders',
  OrderPaid: 'orders',
  OrderShipped: 'orders',
  OrderDelivered: 'orders',
  OrderCancelled: 'orders',
  OrderItemsReturned: 'orders',
  CreditNoteIssued: 'orders',
  CustomerRegistered: 'catalogue',
  CustomerDetailsChanged: 'catalogue',
  CustomerUnchanged: 'catalogue',
  ProductListed: 'catalogue',
  ProductPriceChanged: 'catalogue',
  ProductRecategorised: 'catalogue',
  ProductUnchanged: 'catalogue',
  StoreConfigured: null,
};

/** The topics that a projection's events come in. */
export function topicsOf({ eventTypes }: Projection): EventTopic[] {
  const topics = new Set(eventTypes.map((type) => TOPIC_OF[type]));
  return EVENT_TOPICS.filter((topic) => topics.has(topic));
}
