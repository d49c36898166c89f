import { randomUUID } from 'node:crypto';
import { Backoff } from '../concurrency/backoff';
import type { Facts, Occurred, SalesFacts } from '../domain/decider';
import { type Failure, fail, ok, type Result } from '../domain/failures';
import { AppendTooLargeError, WrongExpectedRevisionError } from '../event-store/errors';
import type { EventMetadata, NewEvent } from '../event-store/event-store';
import type { Position } from '../event-store/position';
import type { Aggregate } from './aggregates';
import type { CommandInput, CommandMeta, CommandResult } from './command';
import type { CommandContext } from './command-context';
import { InputCheck } from './input-check';
import { eventId, inputDigest } from './input-digest';
import { type LoadedStream, loadStream, noStream } from './load-stream';
import { whileUnavailable } from './retry';

/** Lost races that one command takes before it gives up. */
const MAX_LOST_RACES = 100;
const RACE_PAUSES = { firstMs: 1, longestMs: 20, jitter: true };

/** A command: how its input becomes its one normalised form, and who decides on that. */
export type CommandSpec<I extends CommandInput, C, S, A> = CommonSpec<I, C, S, A> &
  (PlainDecision<C, S> | SalesDecision<C, S>);

interface CommonSpec<I extends CommandInput, C, S, A> {
  /** Part of the digest: two commands under one key are never the same request. */
  name: string;
  aggregate: Aggregate<S, A>;
  /** It begins a stream. The stream seldom exists, so it is not read first: the append finds out. */
  begins?: true;
  /** Equal requests have equal normal forms: it is what the digest is taken of. */
  normalise(input: I, check: InputCheck): C;
  id(command: C): string;
}

interface PlainDecision<C, S> {
  salesCurrency?: undefined;
  decide(command: C, state: S | undefined, facts: Facts): Result<Occurred[]>;
}

/** A decision that posts sales: it needs the settings of the store, and makes them when there are none. */
interface SalesDecision<C, S> {
  /** the currency that it posts in */
  salesCurrency(command: C): string;
  decide(command: C, state: S | undefined, facts: SalesFacts): Result<Occurred[]>;
}

/** A client's request, ready to be tried as often as it takes. */
interface Request<C> {
  command: C;
  stream: string;
  idempotencyKey: string;
  expectedRevision: number | undefined;
  metadata: EventMetadata & { inputDigest: string };
}

/**
 * Makes the function that runs a command: check, load, decide, append.
 *
 * The stream makes it idempotent: every accepted request has an event with its key, also when nothing
 * changed. That event is the request's result. Every append states the exact revision that was decided on.
 * So a lost race writes nothing, and the command decides again on the new state.
 * @throws StoreUnavailableError when the outcome is unknown: send the same request again
 * @throws SettingsConflictError
 * @throws WrongExpectedRevisionError after too many lost races
 */
export function defineCommand<I extends CommandInput, C, S, A>(
  spec: CommandSpec<I, C, S, A>,
): (context: CommandContext, input: I, meta?: CommandMeta) => Promise<CommandResult<A>> {
  return async (context, input, meta = {}) => {
    const check = new InputCheck();
    const idempotencyKey = check.id('idempotencyKey', input.idempotencyKey);
    const expectedRevision = check.optionalRevision('expectedRevision', input.expectedRevision);
    const command = spec.normalise(input, check);
    if (check.failure !== undefined) return fail(check.failure);

    const stream = spec.aggregate.streamPrefix + spec.id(command);
    const metadata = requestMetadata(idempotencyKey, inputDigest(spec.name, command), meta);
    const request = { command, stream, idempotencyKey, expectedRevision, metadata };
    const mayBegin = spec.begins && context.store.tellsResends && expectedRevision === undefined;
    return context.inTurn(stream, async () => {
      let guess = mayBegin ? noStream : undefined;
      const backoff = new Backoff(RACE_PAUSES);
      for (let lost = 0; ; lost++) {
        try {
          return await attempt(context, spec, request, guess);
        } catch (error) {
          if (error instanceof AppendTooLargeError) return fail(tooLarge(error));
          if (!(error instanceof WrongExpectedRevisionError) || lost === MAX_LOST_RACES) throw error;
          if (guess === undefined) await backoff.wait();
          guess = undefined;
        }
      }
    });
  };
}

async function attempt<I extends CommandInput, C, S, A>(
  context: CommandContext,
  spec: CommandSpec<I, C, S, A>,
  request: Request<C>,
  /** what the stream is taken to be, unread */
  guess?: LoadedStream<S>,
): Promise<CommandResult<A>> {
  const { command, stream, idempotencyKey, metadata } = request;
  const { aggregate } = spec;
  const loaded = guess ?? (await loadStream(context.store, stream, aggregate.evolve, idempotencyKey));
  const earlier = loaded.original;
  if (earlier !== undefined) {
    return earlier.digest === metadata.inputDigest
      ? accepted(aggregate, stream, earlier.state, earlier, true)
      : fail({
          code: 'IDEMPOTENCY_KEY_REUSED',
          message: `The idempotency key ${idempotencyKey} came with another request before`,
          path: ['idempotencyKey'],
        });
  }
  const conflict = versionConflict(request, loaded);
  if (conflict !== undefined) return fail(conflict);

  const { decision, currency, reportingCurrency } = await decide(context, spec, command, loaded.state);
  // A refusal rests on what the stream is: a guess will not do.
  if (!decision.ok) return guess === undefined ? decision : attempt(context, spec, request);
  const tooMany = loaded.unchanged.refusal(stream, decision.value, context.now());
  if (tooMany !== undefined) return fail(tooMany);

  // Only now, so that a refused first order does not settle the store's currency for ever.
  const settings = await context.settings.ensure(currency, metadata);
  if (reportingCurrency !== undefined && settings?.reportingCurrency !== reportingCurrency) {
    return attempt(context, spec, request, guess);
  }
  const events = decision.value.map((event, index) => newEvent(request, event, index));
  const expected = loaded.revision ?? 'noStream';
  let sendings = 0;
  const appended = await whileUnavailable(() => {
    sendings++;
    return context.store.append(stream, expected, events);
  });
  // Not by this call: the same request came before, and its result is what stands in the stream.
  if (appended.resent && sendings === 1) return attempt(context, spec, request);
  const state = decision.value.reduce(aggregate.evolve, loaded.state);
  return accepted(aggregate, stream, state, appended, false);
}

/** Decides, with the currency and the settings that the decision rests on where it posts sales. */
async function decide<C, S>(
  context: CommandContext,
  spec: PlainDecision<C, S> | SalesDecision<C, S>,
  command: C,
  state: S | undefined,
): Promise<{ decision: Result<Occurred[]>; currency?: string; reportingCurrency?: string }> {
  if (spec.salesCurrency === undefined)
    return { decision: spec.decide(command, state, { now: context.now() }) };
  const currency = spec.salesCurrency(command);
  const { reportingCurrency } = await context.settings.preview(currency);
  const facts = { now: context.now(), reportingCurrency };
  return { decision: spec.decide(command, state, facts), currency, reportingCurrency };
}

function accepted<S, A>(
  aggregate: Aggregate<S, A>,
  stream: string,
  state: S | undefined,
  { revision, position }: { revision: number; position: Position },
  duplicate: boolean,
): CommandResult<A> {
  if (state === undefined) {
    throw new Error(`A command was accepted without an event in a stream ${aggregate.streamPrefix}...`);
  }
  return ok({ stream, state: aggregate.summarise(state, revision), revision, position, duplicate });
}

function requestMetadata(
  idempotencyKey: string,
  digest: string,
  meta: CommandMeta,
): Request<unknown>['metadata'] {
  const requestId = randomUUID();
  const { correlationId = requestId, causationId = requestId, actor } = meta;
  return {
    schemaVersion: 1,
    correlationId,
    causationId,
    idempotencyKey,
    inputDigest: digest,
    ...(actor === undefined ? {} : { actor }),
  };
}

function newEvent(request: Request<unknown>, event: Occurred, index: number): NewEvent {
  const { stream, idempotencyKey, metadata } = request;
  const id = eventId(stream, idempotencyKey, metadata.inputDigest, index);
  return { id, type: event.type, data: event.data, metadata, occurredAt: event.occurredAt };
}

function versionConflict(request: Request<unknown>, loaded: LoadedStream<unknown>): Failure | undefined {
  const { stream, expectedRevision } = request;
  const currentRevision = loaded.revision;
  if (expectedRevision === undefined || expectedRevision === currentRevision) return undefined;
  const message =
    currentRevision === null ? `${stream} does not exist` : `${stream} is at revision ${currentRevision} now`;
  return { code: 'VERSION_CONFLICT', message, path: ['expectedRevision'], expectedRevision, currentRevision };
}

function tooLarge({ sizeBytes, limitBytes }: AppendTooLargeError): Failure {
  const message = `The request makes an event of ${sizeBytes} bytes; the limit is ${limitBytes}`;
  return { code: 'PAYLOAD_TOO_LARGE', message, path: [], sizeBytes, limitBytes };
}
