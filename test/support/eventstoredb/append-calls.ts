import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb';
import * as shared from '@eventstore/db-client/generated/shared_pb';
import { Status } from '@eventstore/db-client/generated/status_pb';
import * as pb from '@eventstore/db-client/generated/streams_pb';
import {
  Metadata,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServiceError,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import type { Message } from 'google-protobuf';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import type { Census, Faults } from './faults';
import type { Expected, Outcome, Proposed, ServerLog } from './server-log';

export interface Double {
  log: ServerLog;
  faults: Faults;
  census: Census;
  /** the port at which clients reach it */
  port: number;
  /** cuts every connection */
  cut(): void;
}

export const nameOf = (identifier: StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

/** A failed call, with the trailers that clients tell errors by. */
export function failure(code: status, details: string, trailers: Record<string, string> = {}): ServiceError {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

const SERVER_ERROR = {
  notReady: () => failure(status.UNAVAILABLE, 'Server Is Not Ready'),
  timeout: () => failure(status.ABORTED, 'Operation timed out'),
  deleted: (stream: string) =>
    failure(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
      exception: 'stream-deleted',
      'stream-name': stream,
    }),
  tooLarge: (limit: number) =>
    failure(status.INVALID_ARGUMENT, 'Maximum Append Size Exceeded.', {
      exception: 'maximum-append-size-exceeded',
      'maximum-append-size': String(limit),
    }),
  notLeader: (port: number) =>
    failure(status.NOT_FOUND, 'Leader info available', {
      exception: 'not-leader',
      'leader-endpoint-host': '127.0.0.1',
      'leader-endpoint-port': String(port),
    }),
};

interface ProposedMessage {
  getId(): shared.UUID | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getCustomMetadata_asU8(): Uint8Array;
  getData_asU8(): Uint8Array;
}

function toProposed(message: ProposedMessage): Proposed {
  const metadata = message.getMetadataMap();
  return {
    id: message.getId()?.getString().toLowerCase() ?? '',
    type: metadata.get('type') ?? '',
    contentType: metadata.get('content-type') ?? '',
    data: Buffer.from(message.getData_asU8()),
    metadata: Buffer.from(message.getCustomMetadata_asU8()),
  };
}

const sizeOf = (events: readonly Proposed[]): number =>
  events.reduce((sum, { data, metadata, type }) => sum + data.length + metadata.length + 2 * type.length, 0);

/** How an append went, and whether and when it is answered. */
type Handled =
  | { answer: Outcome; afterMs: number }
  | { refused: 'notReady' | 'timeout' | 'tooLarge' }
  | { call: ServiceError }
  | { silence: true };

function handle(double: Double, stream: string, expected: Expected, events: readonly Proposed[]): Handled {
  const { faults, log } = double;
  if (once(faults, 'notReady')) return { refused: 'notReady' };
  if (once(faults, 'notLeader')) return { call: SERVER_ERROR.notLeader(double.port) };
  if (faults.appendCode.times > 0) {
    faults.appendCode.times--;
    return { call: failure(faults.appendCode.code, 'as asked for') };
  }
  if (sizeOf(events) > faults.maxAppendSize) return { refused: 'tooLarge' };
  const answer = log.append(stream, expected, events);
  if (once(faults, 'timeoutAfterWrite')) return { refused: 'timeout' };
  if (once(faults, 'silentAfterWrite')) return { silence: true };
  if (once(faults, 'cutAfterWrite')) {
    double.cut();
    return { silence: true };
  }
  const isSlow = faults.slowAnswer.times > 0;
  if (isSlow) faults.slowAnswer.times--;
  return { answer, afterMs: isSlow ? faults.slowAnswer.ms : 0 };
}

type Counter = 'notReady' | 'notLeader' | 'timeoutAfterWrite' | 'silentAfterWrite' | 'cutAfterWrite';

function once(faults: Faults, fault: Counter): boolean {
  if (faults[fault] === 0) return false;
  faults[fault]--;
  return true;
}

/** Calls with the events once they are all there, or at once when nothing has to wait. */
function later(ms: number, answer: () => void): void {
  if (ms > 0) setTimeout(answer, ms);
  else answer();
}

/** Streams.Append: a call of its own for each append. */
export function append(
  double: Double,
  call: ServerReadableStream<pb.AppendReq, pb.AppendResp>,
  reply: sendUnaryData<pb.AppendResp>,
): void {
  double.census.append++;
  let options: pb.AppendReq.Options | undefined;
  const events: Proposed[] = [];
  call.on('error', () => {});
  call.on('data', (request: pb.AppendReq) => {
    options ??= request.getOptions();
    const message = request.getProposedMessage();
    if (message) events.push(toProposed(message));
  });
  const respond = async () => {
    // A call that was cancelled ends, too, a little before that is known.
    await nextTurn();
    if (call.cancelled || options === undefined) return;
    const stream = nameOf(options.getStreamIdentifier());
    const expected = expectedOf(options, options.hasRevision() ? options.getRevision() : undefined);
    if (events.some(({ type, contentType }) => type === '' || contentType === ''))
      return reply(
        failure(status.INVALID_ARGUMENT, 'Required Metadata Missing', {
          exception: 'missing-required-metadata-property',
          'required-metadata-properties': 'type,content-type',
        }),
      );
    const handled = handle(double, stream, expected, events);
    if ('silence' in handled) return;
    if ('call' in handled) return reply(handled.call);
    if ('refused' in handled) {
      if (handled.refused === 'tooLarge') return reply(SERVER_ERROR.tooLarge(double.faults.maxAppendSize));
      return reply(SERVER_ERROR[handled.refused]());
    }
    const { answer: given } = handled;
    if (given.kind === 'deleted') return reply(SERVER_ERROR.deleted(stream));
    later(handled.afterMs, () => reply(null, appendResponse(given, expected)));
  };
  call.on('end', () => void respond());
}

interface ExpectedOptions {
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

function expectedOf(options: ExpectedOptions, revision: string | undefined): Expected {
  if (revision !== undefined) return BigInt(revision);
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
}

function appendResponse(outcome: Exclude<Outcome, { kind: 'deleted' }>, expected: Expected): pb.AppendResp {
  if (outcome.kind === 'wrong') {
    const wrong = new pb.AppendResp.WrongExpectedVersion();
    if (outcome.current < 0) wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(String(outcome.current));
    if (typeof expected === 'bigint') wrong.setExpectedRevision(String(expected));
    else if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
    else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
    else wrong.setExpectedStreamExists(new shared.Empty());
    return new pb.AppendResp().setWrongExpectedVersion(wrong);
  }
  const { revision, position } = outcome.last;
  const at = new pb.AppendResp.Position()
    .setCommitPosition(String(position))
    .setPreparePosition(String(position));
  return new pb.AppendResp().setSuccess(
    new pb.AppendResp.Success().setCurrentRevision(String(revision)).setPosition(at),
  );
}

interface Batch {
  options: pb.BatchAppendReq.Options;
  events: Proposed[];
}

/** Streams.BatchAppend: one call for all appends of a client; each has a correlation id, and one answer. */
export function batchAppend(
  double: Double,
  call: ServerDuplexStream<pb.BatchAppendReq, pb.BatchAppendResp>,
): void {
  const batches = new Map<string, Batch>();
  call.on('error', () => {});
  call.on('data', (request: pb.BatchAppendReq) => {
    const id = request.getCorrelationId()?.getString() ?? '';
    const options = request.getOptions();
    if (options) batches.set(id, { options, events: [] });
    const batch = batches.get(id);
    if (batch === undefined) return;
    batch.events.push(...request.getProposedMessagesList().map(toProposed));
    if (!request.getIsFinal()) return;
    batches.delete(id);
    double.census.batchAppend++;
    answerBatch(double, call, id, batch);
  });
  call.on('end', () => call.end());
}

function answerBatch(
  double: Double,
  call: ServerDuplexStream<pb.BatchAppendReq, pb.BatchAppendResp>,
  id: string,
  { options, events }: Batch,
): void {
  const identifier = options.getStreamIdentifier();
  const response = new pb.BatchAppendResp()
    .setCorrelationId(new shared.UUID().setString(id))
    .setStreamIdentifier(identifier);
  const refuse = (message: string, name: string, details: Message) =>
    call.write(response.setError(statusOf(message, name, details)));
  // The deadline is a time of day, by the server's clock.
  if ((options.getDeadline()?.toDate().getTime() ?? Number.POSITIVE_INFINITY) < Date.now())
    return void refuse('Timeout', 'event_store.client.Timeout', new shared.Timeout());
  const stream = nameOf(identifier);
  const expected = expectedOf(options, options.hasStreamPosition() ? options.getStreamPosition() : undefined);
  const handled = handle(double, stream, expected, events);
  if ('silence' in handled) return;
  if ('call' in handled) return void call.emit('error', handled.call);
  if ('refused' in handled) {
    if (handled.refused === 'notReady')
      return void refuse('Server Is Not Ready', 'google.protobuf.Empty', new Empty());
    if (handled.refused === 'timeout')
      return void refuse('', 'event_store.client.Timeout', new shared.Timeout());
    const details = new shared.MaximumAppendSizeExceeded().setMaxappendsize(double.faults.maxAppendSize);
    return void refuse('', 'event_store.client.MaximumAppendSizeExceeded', details);
  }
  const { answer, afterMs } = handled;
  later(afterMs, () => {
    if (answer.kind === 'deleted') {
      const details = new shared.StreamDeleted().setStreamIdentifier(identifier);
      refuse('', 'event_store.client.StreamDeleted', details);
    } else if (answer.kind === 'wrong') {
      refuse('', 'event_store.client.WrongExpectedVersion', wrongVersion(answer.current, expected));
    } else {
      call.write(response.setSuccess(batchSuccess(answer)));
    }
  });
}

function batchSuccess({
  last,
}: {
  last: { revision: number; position: bigint };
}): pb.BatchAppendResp.Success {
  const position = new shared.AllStreamPosition()
    .setCommitPosition(String(last.position))
    .setPreparePosition(String(last.position));
  return new pb.BatchAppendResp.Success().setCurrentRevision(String(last.revision)).setPosition(position);
}

function wrongVersion(current: number, expected: Expected): shared.WrongExpectedVersion {
  const wrong = new shared.WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(new Empty());
  else wrong.setCurrentStreamRevision(String(current));
  if (typeof expected === 'bigint') wrong.setExpectedStreamPosition(String(expected));
  else if (expected === 'any') wrong.setExpectedAny(new Empty());
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new Empty());
  else wrong.setExpectedStreamExists(new Empty());
  return wrong;
}

function statusOf(message: string, name: string, details: Message): Status {
  const packed = new Any();
  packed.pack(details.serializeBinary(), name);
  return new Status().setMessage(message).setDetails(packed);
}

type DeleteRequest = pb.DeleteReq | pb.TombstoneReq;

/** Streams.Delete and Streams.Tombstone. */
export function remove<R extends Message>(
  double: Double,
  call: ServerUnaryCall<DeleteRequest, R>,
  reply: sendUnaryData<R>,
  forEver: boolean,
  respond: (position: string) => R,
): void {
  const options = call.request.getOptions() ?? new pb.DeleteReq.Options();
  const stream = nameOf(options.getStreamIdentifier());
  const expected = expectedOf(options, options.hasRevision() ? options.getRevision() : undefined);
  const outcome = double.log.delete(stream, expected, forEver);
  if (outcome.kind === 'deleted') reply(SERVER_ERROR.deleted(stream));
  else if (outcome.kind === 'wrong')
    reply(
      failure(status.FAILED_PRECONDITION, 'Wrong expected version', {
        exception: 'wrong-expected-version',
        'stream-name': stream,
        'expected-version': String(
          { any: -2, no_stream: -1, stream_exists: -4 }[expected as 'any'] ?? expected,
        ),
        'actual-version': String(outcome.current),
      }),
    );
  else reply(null, respond(String(outcome.last.position)));
}
