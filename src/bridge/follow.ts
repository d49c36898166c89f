import type { EventBatch, EventStore } from '../event-store/event-store';
import { type Position, START } from '../event-store/position';
import { BatchRefusedError, BridgeBlockedError } from './errors';
import type { Publication } from './publication';
import { cutIntoSteps, type Step } from './steps';

const BATCH_EVENTS = 2_000;

export interface FollowOptions {
  store: EventStore;
  publication: Publication;
  /** `source` of every CloudEvent */
  source: string;
  /** events up to here get a step each, because the broker refused them together */
  carefulUntil: Position;
  /** all partitions have the log up to here */
  onPublished: (through: Position) => void;
  signal: AbortSignal;
}

/** The broker refused several events together. It may take them one by one, or show which one it refuses. */
export class TogetherTooLargeError extends Error {
  override readonly name = 'TogetherTooLargeError';
  constructor(readonly through: Position) {
    super(`The broker refused a batch of events that ends at ${through}`);
  }
}

/**
 * Carries the log to Kafka until `signal` aborts. While it sends one batch of the log, it reads and encodes
 * the next one, but no further. It sends a step only after all partitions have acknowledged the step before.
 * @throws TogetherTooLargeError, BridgeBlockedError, LeaseLostError, or the error of Kafka
 */
export async function follow(options: FollowOptions): Promise<void> {
  const { store, publication, source, carefulUntil, onPublished } = options;
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const { targets, epoch } = publication;
  let sent: { through: Position; recordedAt: number } | undefined;
  let isSending = false;
  let sending: Promise<void> = Promise.resolve();

  const begin = (work: () => Promise<void>) => {
    isSending = true;
    sending = work().finally(() => {
      isSending = false;
    });
    // A failure must end the reading at once, and nobody may be waiting for `sending` yet.
    sending.catch(() => failed.abort());
  };
  const sendAll = async (steps: readonly Step[], batch: EventBatch) => {
    for (const step of steps) {
      if (signal.aborted) return;
      await send(publication, step);
    }
    sent = { through: batch.through, recordedAt: batch.throughRecordedAt };
    onPublished(batch.through);
  };
  const ticking = setInterval(() => {
    const at = sent;
    if (!isSending && !signal.aborted && at) begin(() => publication.tickAll(at.through, at.recordedAt));
  }, publication.tickMs);
  try {
    const after = publication.lowest === START ? null : publication.lowest;
    for await (const batch of store.subscribeAll(after, { batchSize: BATCH_EVENTS, signal })) {
      const steps = [...cutIntoSteps(batch.events, targets, { source, epoch, carefulUntil })];
      await sending;
      begin(() => sendAll(steps, batch));
    }
  } finally {
    clearInterval(ticking);
    await sending;
  }
}

async function send(publication: Publication, step: Step): Promise<void> {
  try {
    await publication.send(step);
  } catch (error) {
    if (!(error instanceof BatchRefusedError)) throw error;
    const records = [...step.records].flatMap(([{ name }, own]) => own.map((record) => ({ name, record })));
    if (records.length > 1) throw new TogetherTooLargeError(step.through);
    const [only] = records;
    throw new BridgeBlockedError(
      `Topic ${only?.name} refuses the event of stream ${only?.record.key} at position ${step.through}: ` +
        `it has ${only?.record.value.length} bytes. ` +
        'Raise max.message.bytes of the topic; no event is left out.',
      { cause: error },
    );
  }
}
