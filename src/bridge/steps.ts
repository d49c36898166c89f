import type { RecordedEvent } from '../event-store/event';
import type { Position } from '../event-store/position';
import { type KafkaRecord, toRecord } from '../kafka/record';
import { sizeOfRecord } from '../kafka/record-batch';
import { type Target, type Targets, targetOf } from './targets';

/** A step: the records of a run of the log that are sent at once, by partition. */
export interface Step {
  /** of the run's last event */
  through: Position;
  /** of the run's last event, Unix milliseconds */
  recordedAt: number;
  records: Map<Target, KafkaRecord[]>;
}

export interface StepOptions {
  /** `source` of every CloudEvent */
  source: string;
  /** of the lease */
  epoch: number;
  /** events up to here get a step each, because the broker refused them together */
  carefulUntil: Position;
}

/** A broker takes batches of 1,048,588 bytes with its default settings; the rest is room for the header. */
const PARTITION_BYTES = 1_000_000;
const STEP_BYTES = 8 * 1024 * 1024;

/**
 * Cuts a run of the log into steps that a broker takes. Leaves out events that their partition has already.
 * The partitions of one step may be written side by side. The next step must wait for all of them: once a
 * partition has a later record, recovery would skip an earlier one that has failed.
 */
export function* cutIntoSteps(
  events: readonly RecordedEvent[],
  targets: Targets,
  { source, epoch, carefulUntil }: StepOptions,
): Generator<Step> {
  let step: Step | undefined;
  let bytes = 0;
  let bytesOf = new Map<Target, number>();
  for (const event of events) {
    const target = targetOf(event.stream, targets);
    const isWanted = event.position > target.tail;
    const record = isWanted ? toRecord(event, source, epoch) : undefined;
    const size = record ? sizeOfRecord(record) : 0;
    const before = bytesOf.get(target) ?? 0;
    const isFull = (before > 0 && before + size > PARTITION_BYTES) || bytes + size > STEP_BYTES;
    const isAlone = step !== undefined && step.records.size > 0 && step.through <= carefulUntil;
    if (step && record && (isFull || isAlone)) {
      yield step;
      step = undefined;
    }
    if (step === undefined) {
      step = { through: event.position, recordedAt: event.recordedAt, records: new Map() };
      bytes = 0;
      bytesOf = new Map();
    }
    step.through = event.position;
    step.recordedAt = event.recordedAt;
    if (!record) continue;
    const records = step.records.get(target);
    if (records) records.push(record);
    else step.records.set(target, [record]);
    bytes += size;
    bytesOf.set(target, (bytesOf.get(target) ?? 0) + size);
  }
  if (step) yield step;
}
