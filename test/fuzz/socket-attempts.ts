import type { GraphQLSchema } from 'graphql';
import type { Random } from '../../src/ingest/simulator/random';
import type { SocketAttempt } from './attempt';
import { mutateText } from './mutate';
import { randomOperation } from './operation';

const INIT = JSON.stringify({ type: 'connection_init' });

/** A connection of graphql-transport-ws: operations, and messages that do not belong there. */
export function socketAttempt(schema: GraphQLSchema, random: Random): SocketAttempt {
  const messages = Array.from({ length: random.between(1, 30) }, () => message(schema, random));
  if (random.chance(0.95)) messages.unshift(INIT);
  return {
    kind: 'socket',
    protocol: random.chance(0.97) ? 'graphql-transport-ws' : random.pick(['graphql-ws', '']),
    messages,
    leave: random.pick(['close', 'terminate'] as const),
  };
}

function message(schema: GraphQLSchema, random: Random): string {
  const id = random.chance(0.02)
    ? random.pick(['', 'i'.repeat(130), '__proto__'])
    : `${random.between(1, 200)}`;
  const way = random.weighted([0.7, 0.12, 0.1, 0.06, 0.02]);
  if (way === 1) return JSON.stringify({ id, type: 'complete' });
  if (way === 2)
    return JSON.stringify({ type: random.pick(['ping', 'pong']), payload: { at: random.next() } });
  if (way === 3)
    return JSON.stringify({ id, type: random.pick(['next', 'error', 'connection_ack', 'x', 7, null]) });
  if (way === 4) return random.pick(['', '{', 'null', '[]', '"x"', '\ufffd', '{"type":"subscribe"}', INIT]);
  const kind = (['query', 'mutation', 'subscription'] as const)[random.weighted([0.4, 0.3, 0.3])] ?? 'query';
  const payload = randomOperation(schema, kind, random);
  const text = JSON.stringify({ id, type: 'subscribe', payload });
  return random.chance(0.03) ? mutateText(text, random) : text;
}
