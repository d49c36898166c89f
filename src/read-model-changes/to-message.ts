import { CONTENT_TYPE } from '../kafka/record';
import type { ReadModelChange } from './change';

/** A record of topic `order-aggregates`. */
export interface AggregateMessage {
  /** the order's or customer's id */
  key: string;
  /** one CloudEvents 1.0 JSON object, UTF-8 */
  value: Buffer;
  headers: { 'content-type': string; type: string; position: string };
}

/**
 * A change as a record. Its id says which change it is, so that who gets it twice can tell.
 * @param source of the event store, see sourceOf
 */
export function toMessage(type: string, change: ReadModelChange, source: string): AggregateMessage {
  const { subject, position, at, data } = change;
  const value = {
    specversion: '1.0',
    id: `${type}/${subject}/${position}`,
    type,
    source,
    subject,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    position,
    data,
  };
  return {
    key: subject,
    value: Buffer.from(JSON.stringify(value)),
    headers: { 'content-type': CONTENT_TYPE, type, position },
  };
}
