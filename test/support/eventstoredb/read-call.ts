import { randomUUID } from 'node:crypto';
import { type EventEmitter, once } from 'node:events';
import * as shared from '@eventstore/db-client/generated/shared_pb';
import * as pb from '@eventstore/db-client/generated/streams_pb';
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { type Double, failure, nameOf } from './append-calls';
import type { Stored } from './server-log';

type ReadCall = ServerWritableStream<pb.ReadReq, pb.ReadResp>;

/** Events that a filtered subscription considers before it says how far it has looked. */
const SEARCH_WINDOW = 32;
const ENDLESS = String(2n ** 64n - 1n);

/** Streams.Read: one stream or all, forwards or backwards, once or as a subscription. */
export async function read(double: Double, call: ReadCall): Promise<void> {
  call.on('error', () => {});
  const options = call.request.getOptions() as pb.ReadReq.Options;
  const all = options.getAll();
  try {
    if (options.hasSubscription() && all) return await subscribe(double, call, options, all);
    const events = all ? fromAll(double, options, all) : fromStream(double, options, call);
    let left = Number(options.getCount());
    for (const event of events) {
      if (left-- <= 0) break;
      if (!(await send(call, eventResponse(event)))) return;
    }
    call.end();
  } catch (error) {
    call.emit('error', error);
  }
}

/** Each event costs the server a look: there is no index of $all. */
function* fromAll(
  { log, census }: Double,
  options: pb.ReadReq.Options,
  all: pb.ReadReq.Options.AllOptions,
): Generator<Stored> {
  const isForwards = options.getReadDirection() === pb.ReadReq.Options.ReadDirection.FORWARDS;
  let index = all.hasEnd() ? log.all.length : 0;
  const position = all.getPosition()?.getCommitPosition();
  if (position !== undefined) {
    if (log.isInvalid(BigInt(position)))
      throw failure(status.UNKNOWN, 'Unexpected ReadAllResult: InvalidPosition');
    index = log.indexOf(BigInt(position));
  }
  // Inclusive forwards, exclusive backwards.
  if (!isForwards) index--;
  for (let event = log.all.at(index); event; event = log.all.at(index)) {
    census.scanned++;
    yield event;
    index += isForwards ? 1 : -1;
  }
}

function fromStream({ log }: Double, options: pb.ReadReq.Options, call: ReadCall): Stored[] {
  const stream = options.getStream() as pb.ReadReq.Options.StreamOptions;
  const name = nameOf(stream.getStreamIdentifier());
  const events = log.read(name);
  if (events === 'deleted')
    throw failure(status.FAILED_PRECONDITION, 'deleted', {
      exception: 'stream-deleted',
      'stream-name': name,
    });
  if (events === null) {
    const missing = new pb.ReadResp.StreamNotFound().setStreamIdentifier(stream.getStreamIdentifier());
    call.write(new pb.ReadResp().setStreamNotFound(missing));
    return [];
  }
  if (options.getReadDirection() === pb.ReadReq.Options.ReadDirection.FORWARDS) {
    if (stream.hasEnd()) return [];
    const from = stream.hasRevision() ? Number(stream.getRevision()) : 0;
    return events.filter(({ revision }) => revision >= from);
  }
  const from = stream.hasRevision() ? Number(stream.getRevision()) : Number.POSITIVE_INFINITY;
  return (
    stream.hasStart() ? events.slice(0, 1) : events.filter(({ revision }) => revision <= from)
  ).reverse();
}

/** Events after the position, then a word that these were all, then every new one. */
async function subscribe(
  { log, faults, census }: Double,
  call: ReadCall,
  options: pb.ReadReq.Options,
  all: pb.ReadReq.Options.AllOptions,
): Promise<void> {
  census.subscriptions++;
  let next = 0;
  if (all.hasEnd()) next = log.all.length;
  const position = all.getPosition()?.getCommitPosition();
  if (position !== undefined) {
    if (log.isInvalid(BigInt(position))) throw failure(status.INVALID_ARGUMENT, 'Invalid position');
    next = log.indexOf(BigInt(position) + 1n);
  }
  const isWanted = toPredicate(options.getFilter());
  const isFiltered = options.hasFilter();
  await send(
    call,
    new pb.ReadResp().setConfirmation(
      new pb.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID()),
    ),
  );
  let considered = 0;
  for (let isLive = false; !call.cancelled; ) {
    const event = log.all.at(next);
    if (event === undefined) {
      if (!isLive) {
        isLive = true;
        const last = faults.endlessCheckpoint
          ? ENDLESS
          : String(log.all.at(log.all.length - 1)?.position ?? 0n);
        if (isFiltered) await send(call, checkpoint(last));
        const caughtUp = () => new pb.ReadResp().setCaughtUp(new pb.ReadResp.CaughtUp());
        await send(call, caughtUp());
        if (faults.caughtUpTwice) await send(call, caughtUp());
        if (faults.deafSubscriptions) return;
      }
      if (next >= log.all.length) await firstOf([log.growth, 'grown'], [call, 'cancelled']);
      continue;
    }
    next++;
    census.scanned++;
    if (isWanted(event) && !(await send(call, eventResponse(event)))) return;
    if (isFiltered && ++considered % SEARCH_WINDOW === 0)
      await send(call, checkpoint(String(event.position)));
  }
}

function toPredicate(filter: pb.ReadReq.Options.FilterOptions | undefined): (event: Stored) => boolean {
  if (filter === undefined) return () => true;
  const byStream = filter.getStreamIdentifier();
  const expression = byStream ?? filter.getEventType();
  const regex = expression?.getRegex() ? new RegExp(expression.getRegex()) : undefined;
  const prefixes = expression?.getPrefixList() ?? [];
  return ({ stream, type }) => {
    const name = byStream ? stream : type;
    return regex ? regex.test(name) : prefixes.some((prefix) => name.startsWith(prefix));
  };
}

/** Waits while the client takes no more; false when it has gone. */
async function send(call: ReadCall, response: pb.ReadResp): Promise<boolean> {
  if (call.cancelled) return false;
  if (!call.write(response)) await firstOf([call, 'drain'], [call, 'cancelled']);
  return !call.cancelled;
}

/** Waits for one of these, and listens to none of them any longer. */
async function firstOf(...awaited: [EventEmitter, string][]): Promise<void> {
  const over = new AbortController();
  try {
    await Promise.race(awaited.map(([emitter, name]) => once(emitter, name, { signal: over.signal })));
  } finally {
    over.abort();
  }
}

function checkpoint(position: string): pb.ReadResp {
  return new pb.ReadResp().setCheckpoint(
    new pb.ReadResp.Checkpoint().setCommitPosition(position).setPreparePosition(position),
  );
}

function eventResponse(event: Stored): pb.ReadResp {
  const position = String(event.position);
  const recorded = new pb.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(event.id))
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(event.stream)))
    .setStreamRevision(String(event.revision))
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setData(event.data)
    .setCustomMetadata(event.metadata);
  recorded
    .getMetadataMap()
    .set('type', event.type)
    .set('content-type', event.contentType)
    .set('created', event.created);
  return new pb.ReadResp().setEvent(
    new pb.ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(position),
  );
}
