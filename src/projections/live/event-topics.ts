import { streamOf } from '../../domain/event-roles';
import { EVENT_TOPICS, type EventTopic, TOPIC_OF } from '../../kafka/topics';
import type { Projection } from '../projection';

/** The topics that a projection's events come in. The settings are none of them: the event store has them. */
export function topicsOf({ eventTypes }: Pick<Projection, 'eventTypes'>): EventTopic[] {
  const kinds = eventTypes.map(streamOf).filter((kind) => kind !== 'store');
  const topics = new Set(kinds.map((kind) => TOPIC_OF[kind]));
  return EVENT_TOPICS.filter((topic) => topics.has(topic));
}
